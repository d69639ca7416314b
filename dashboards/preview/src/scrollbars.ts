// @grafana/ui takes the default export of this CommonJS package for the component; bundled, it would be the whole package.
// @ts-expect-error it has no types
import * as all from '../node_modules/react-custom-scrollbars-2/lib/index.js';

export default all.Scrollbars;
