// `node schemas/generate.mjs FOLDER`: one JSON schema a kind of panel (one for all would name two definitions alike).
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createGenerator } from 'ts-json-schema-generator';

const KINDS = {
  stat: 'Stat', bargauge: 'BarGauge', timeseries: 'TimeSeries', table: 'Table', 'state-timeline': 'StateTimeline',
  geomap: 'Geomap', row: 'Row',
};
const folder = process.argv[2];
mkdirSync(folder, { recursive: true });
for (const [kind, type] of Object.entries(KINDS)) {
  const made = createGenerator({
    path: 'schemas/panels.ts', tsconfig: 'tsconfig.json', type, expose: 'none', topRef: false, skipTypeCheck: true,
    additionalProperties: false, jsDoc: 'none', sortProps: true,
  }).createSchema(type);
  writeFileSync(join(folder, `${kind}.schema.json`), `${JSON.stringify(made, null, 1)}\n`);
}
