import { photos } from '../../../apps/photos/index.ts';
import { wasmImages } from '../jsquash.ts';

/** The app without a binary. */
export default photos(import.meta.url, wasmImages);
