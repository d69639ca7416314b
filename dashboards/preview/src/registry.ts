// What Grafana's front end registers at its start: transformations, and how every field option is applied.
import {
  FieldConfigPropertyItem, Registry, identityOverrideProcessor, standardEditorsRegistry,
  standardFieldConfigEditorRegistry, standardTransformers, standardTransformersRegistry,
} from '@grafana/data';

const STANDARD = ['unit', 'min', 'max', 'decimals', 'displayName', 'color', 'thresholds', 'mappings', 'links', 'noValue',
  'filterable', 'fieldMinMax'];
/** Options of a panel's own; one that is missing here would be dropped by applyFieldOverrides. */
const CUSTOM = ['lineWidth', 'fillOpacity', 'showPoints', 'pointSize', 'drawStyle', 'lineInterpolation', 'spanNulls',
  'gradientMode', 'thresholdsStyle', 'axisPlacement', 'axisLabel', 'axisSoftMin', 'axisSoftMax', 'scaleDistribution',
  'hideFrom', 'stacking', 'lineStyle', 'cellOptions', 'filterable', 'width', 'minWidth', 'align', 'inspect', 'hidden'];

function item(path: string, isCustom: boolean): FieldConfigPropertyItem {
  return {
    id: isCustom ? `custom.${path}` : path, path, isCustom, name: path, description: '',
    process: identityOverrideProcessor, shouldApply: () => true, editor: () => null, override: () => null,
  } as unknown as FieldConfigPropertyItem;
}

export function register(): void {
  standardEditorsRegistry.setInit(() => []);
  standardFieldConfigEditorRegistry.setInit(() => [
    ...STANDARD.map((path) => item(path, false)), ...CUSTOM.map((path) => item(path, true)),
  ]);
  // Some of Grafana's transformers stand in the list under two names.
  const once = new Map(Object.values(standardTransformers).map((one) => [one.id, one]));
  standardTransformersRegistry.setInit(() =>
    [...once.values()].map((transformation) => ({
      id: transformation.id, name: transformation.name, transformation, editor: () => null,
    })) as unknown as ReturnType<Registry<never>['list']>);
}
