// The panels that Grafana publishes components for; geomap and state timeline are in substitutes.tsx.
import {
  DataFrame, FieldConfigSource, FieldDisplay, GrafanaTheme2, TimeRange, getDisplayValueAlignmentFactors,
  getFieldDisplayValues,
} from '@grafana/data';
import { BarGaugeNamePlacement, BarGaugeValueMode, BigValueGraphMode, BigValueTextMode, VizOrientation } from '@grafana/schema';
import { BarGauge, BigValue, Table, TimeSeries, VizRepeater } from '@grafana/ui';
import React from 'react';
import { StateTimeline, UnitMap } from './substitutes';

export type Panel = {
  id: number; type: string; title?: string; description?: string; gridPos: { x: number; y: number; w: number; h: number };
  options?: Record<string, any>; fieldConfig: FieldConfigSource; targets?: any[]; transformations?: any[];
};
export type Drawn = {
  panel: Panel; frames: DataFrame[]; width: number; height: number; theme: GrafanaTheme2; range: TimeRange; timeZone: string;
};

const same = (text: string) => text;

function displays({ panel, frames, theme, timeZone }: Drawn): FieldDisplay[] {
  return getFieldDisplayValues({
    data: frames, fieldConfig: panel.fieldConfig, reduceOptions: panel.options!.reduceOptions, replaceVariables: same,
    theme, timeZone,
  });
}

function Stat(drawn: Drawn) {
  const { panel, width, height, theme } = drawn;
  return (
    <VizRepeater<FieldDisplay> source={drawn.frames} getValues={() => displays(drawn)} renderCounter={0} autoGrid
      orientation={VizOrientation.Auto} width={width} height={height}
      renderValue={({ value, width, height, count }) => (
        <BigValue value={value.display} width={width} height={height} theme={theme} count={count}
          colorMode={panel.options!.colorMode} graphMode={BigValueGraphMode.None}
          justifyMode={panel.options!.justifyMode} textMode={panel.options!.textMode ?? BigValueTextMode.Auto} />
      )} />
  );
}

function Bars(drawn: Drawn) {
  const { panel, width, height, theme } = drawn;
  return (
    <VizRepeater<FieldDisplay, any> source={drawn.frames} getValues={() => displays(drawn)} renderCounter={0}
      getAlignmentFactors={getDisplayValueAlignmentFactors} orientation={panel.options!.orientation}
      width={width} height={height} minVizWidth={8} minVizHeight={16} maxVizHeight={panel.options!.sizing === 'manual' ? panel.options!.maxVizHeight : 300}
      renderValue={({ value, width, height, alignmentFactors, count }) => (
        <BarGauge value={value.display} field={value.field} display={value.view?.getFieldDisplayProcessor(value.colIndex ?? 0)}
          width={width} height={height} theme={theme} orientation={panel.options!.orientation} text={panel.options!.text}
          displayMode={panel.options!.displayMode} itemSpacing={8} lcdCellWidth={12} alignmentFactors={alignmentFactors}
          showUnfilled={panel.options!.showUnfilled ?? true} valueDisplayMode={panel.options!.valueMode ?? BarGaugeValueMode.Color}
          namePlacement={panel.options!.namePlacement ?? BarGaugeNamePlacement.Auto} isOverflow={count * 24 > height} />
      )} />
  );
}

function Lines({ panel, frames, width, height, range, timeZone }: Drawn) {
  const legend = { calcs: [], ...panel.options!.legend };
  return <TimeSeries frames={frames} width={width} height={height} timeRange={range} timeZone={timeZone} legend={legend} />;
}

function Rows({ panel, frames, width, height, timeZone }: Drawn) {
  return (
    <Table data={frames[0]} width={width} height={height} timeRange={undefined as never} ariaLabel={panel.title}
      showTypeIcons={false} cellHeight={panel.options?.cellHeight} initialSortBy={panel.options?.sortBy}
      fieldConfig={panel.fieldConfig} />
  );
}

const PANELS: Record<string, (drawn: Drawn) => JSX.Element> = {
  stat: Stat, bargauge: Bars, timeseries: Lines, table: Rows, 'state-timeline': StateTimeline, geomap: UnitMap,
};

export function Body(drawn: Drawn) {
  const { panel, frames } = drawn;
  const Kind = PANELS[panel.type];
  if (!Kind) {
    return <p className="fault">unknown panel type {panel.type}</p>;
  }
  const empty = !frames.some((frame) => frame.length);
  if (empty && panel.type !== 'stat') {
    return <p className="empty">{panel.fieldConfig.defaults.noValue ?? 'No data'}</p>;
  }
  return <Kind {...drawn} />;
}
