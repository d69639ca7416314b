// One dashboard on Grafana's grid, drawn from window.PREVIEW; see ../README.md.
import { TimeRange, applyFieldOverrides, createTheme, dateTime, transformDataFrame, DataFrame } from '@grafana/data';
import { GlobalStyles, PanelChrome, ThemeContext } from '@grafana/ui';
import React, { useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { Answers, frames } from './frames';
import { Body, Panel } from './panels';
import { register } from './registry';
import './preview.css';

type Preview = {
  board: { title: string; description: string; tags: string[]; panels: Panel[]; timezone: string };
  answers: Record<string, Answers>; variables: Record<string, string>; from: number; to: number; step: number;
};

const [CELL, GAP] = [30, 8];
const FOOTER = {
  zh: '预览，非 Grafana 截图；地图与状态时间线为替代绘制',
  en: 'Preview, not a screenshot of Grafana; map and state timelines are drawn by substitutes',
};
/** What Grafana's time series panel takes where a dashboard does not say. */
const CURVE = { drawStyle: 'line', lineInterpolation: 'linear', pointSize: 5, axisPlacement: 'auto', spanNulls: false };

const theme = createTheme({ colors: { mode: 'dark' } });
const drawn = (window as unknown as { PREVIEW: Preview }).PREVIEW;
const { board } = drawn;
const range: TimeRange = {
  from: dateTime(drawn.from), to: dateTime(drawn.to), raw: { from: dateTime(drawn.from), to: dateTime(drawn.to) },
};

function filled(text = ''): string {
  return text.replace(/\$(?:{(\w+)}|(\w+))/g, (whole, braced, bare) => drawn.variables[braced ?? bare] ?? whole);
}

function useFrames(panel: Panel): DataFrame[] | undefined {
  const [found, setFound] = useState<DataFrame[]>();
  useEffect(() => {
    const raw = frames(panel.targets ?? [], drawn.answers[panel.id] ?? {}, drawn.step);
    const { defaults, overrides } = panel.fieldConfig;
    const custom = panel.type === 'timeseries' ? { ...CURVE, ...defaults.custom } : defaults.custom;
    const color = defaults.color ?? { mode: panel.type === 'timeseries' ? 'palette-classic' : 'thresholds' };
    const fieldConfig = { defaults: { ...defaults, color, custom }, overrides };
    for (const step of defaults.thresholds?.steps ?? []) {
      step.value ??= -Infinity;
    }
    const done = transformDataFrame(panel.transformations ?? [], raw, { interpolate: filled }).subscribe((made) =>
      setFound(applyFieldOverrides({
        data: made, fieldConfig, replaceVariables: filled, theme, timeZone: board.timezone,
      })));
    return () => done.unsubscribe();
  }, [panel]);
  return found;
}

function Box({ panel, unit }: { panel: Panel; unit: number }) {
  const { x, y, w, h } = panel.gridPos;
  const place = { position: 'absolute', left: x * unit, top: y * (CELL + GAP) } as const;
  const [width, height] = [w * unit - GAP, h * (CELL + GAP) - GAP];
  const found = useFrames(panel);
  return (
    <div style={place}>
      <PanelChrome title={filled(panel.title)} description={panel.description || undefined} width={width} height={height}>
        {(inner, tall) => found
          ? <Body panel={panel} frames={found} width={inner} height={tall} theme={theme} range={range} timeZone={board.timezone} />
          : <></>}
      </PanelChrome>
    </div>
  );
}

function Page() {
  const language = board.tags.includes('en') ? 'en' : 'zh';
  const unit = (window.innerWidth - 2 * GAP + GAP) / 24;
  const bottom = Math.max(...board.panels.map(({ gridPos }) => gridPos.y + gridPos.h)) * (CELL + GAP);
  const time = (at: number) => new Date(at).toLocaleString('zh-CN', { timeZone: board.timezone });
  const chosen = Object.entries(drawn.variables).map(([name, value]) => `${name} = ${value}`).join('   ');
  return (
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      <header><b>{board.title}</b><span>{board.description}</span><i>{chosen}   {time(drawn.from)} – {time(drawn.to)}</i></header>
      <main style={{ height: bottom }}>
        {board.panels.map((panel) => panel.type === 'row'
          ? <h2 key={panel.id} style={{ top: panel.gridPos.y * (CELL + GAP) }}>⌄ {filled(panel.title)}</h2>
          : <Box key={panel.id} panel={panel} unit={unit} />)}
      </main>
      <footer>{FOOTER[language]}</footer>
    </ThemeContext.Provider>
  );
}

register();
createRoot(document.getElementById('root')!).render(<Page />);
