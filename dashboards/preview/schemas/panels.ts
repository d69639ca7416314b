// What a panel of each kind may hold: Grafana's own types, put together. `node schemas/generate.mjs FOLDER` makes JSON
// schemas of them. Where Grafana's types say "any" or "string", the few values that we use stand here instead.
import type { DataSourceRef, FieldConfig, MatcherConfig, Panel } from '@grafana/schema';
import type * as bargauge from '@grafana/schema/dist/esm/raw/composable/bargauge/panelcfg/x/BarGaugePanelCfg_types.gen.js';
import type * as geomap from '@grafana/schema/dist/esm/raw/composable/geomap/panelcfg/x/GeomapPanelCfg_types.gen.js';
import type * as stat from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen.js';
import type * as timeline from '@grafana/schema/dist/esm/raw/composable/statetimeline/panelcfg/x/StateTimelinePanelCfg_types.gen.js';
import type * as table from '@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen.js';
import type * as timeseries from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen.js';

/** A query of the Prometheus data source; its types are not in @grafana/schema. */
interface Target {
  refId: string;
  expr: string;
  datasource: DataSourceRef;
  format: 'table' | 'time_series';
  legendFormat: string;
  instant?: boolean;
  range?: boolean;
  interval?: string;
}

interface Merge { id: 'merge'; options: Record<string, never> }
interface Organize {
  id: 'organize';
  options: { excludeByName: Record<string, boolean>; indexByName: Record<string, number>; renameByName: Record<string, string> };
}

interface Fields<Custom> {
  defaults: Omit<FieldConfig, 'custom'> & { custom?: Partial<Custom> };
  /** The test checks each value against the field of that name above. */
  overrides: Array<{ matcher: MatcherConfig; properties: Array<{ id: string; value: unknown }> }>;
}

type Kind<Type extends string, Options, Custom> =
  Omit<Panel, 'type' | 'options' | 'fieldConfig' | 'targets' | 'transformations' | 'title' | 'id' | 'gridPos'> & {
    type: Type;
    id: number;
    title: string;
    gridPos: { x: number; y: number; w: number; h: number };
    options?: Partial<Options>;
    fieldConfig: Fields<Custom>;
    targets: Target[];
    transformations?: Array<Merge | Organize>;
  };

type None = Record<never, never>;
interface Hideable { hideFrom: { tooltip: boolean; legend: boolean; viz: boolean } }

export type Stat = Kind<'stat', stat.Options, None>;
export type BarGauge = Kind<'bargauge', bargauge.Options, None>;
export type TimeSeries = Kind<'timeseries', timeseries.Options, timeseries.FieldConfig>;
export type Table = Kind<'table', table.Options, Omit<table.FieldConfig, 'hidden' | 'width' | 'minWidth'> &
  { hidden?: boolean; width?: number; minWidth?: number }>;
export type StateTimeline = Kind<'state-timeline', timeline.Options, timeline.FieldConfig>;
export type Geomap = Kind<'geomap', geomap.Options, Hideable>;

export interface Row {
  type: 'row';
  id: number;
  title: string;
  collapsed: boolean;
  gridPos: { x: number; y: number; w: number; h: number };
  panels: unknown[];
}

