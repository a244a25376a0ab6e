import { IgnitionVariant } from './ignition-variant';
import { gzip } from '../gzip';
import { dropInName, enabledUnits, unitName } from '../pool-files';
import { RenderedFile } from '../rendered-file';

/** Below this a compressed file is longer than the text in base64. */
const WORTH_PACKING_BYTES = 512;

/** Butane as people read and merge it. */
export function butane(files: RenderedFile[], variant: IgnitionVariant): object {
  return {
    variant: variant.name,
    version: variant.butaneVersion,
    storage: { files: plainFiles(files).map(file => ({ ...place(file), contents: { inline: file.content } })) },
    systemd: { units: units(files) },
  };
}

/** The same as Ignition: what a machine reads. */
export function ignition(files: RenderedFile[], variant: IgnitionVariant): object {
  return configuration(files, variant, contents);
}

/**
 * The same in a fraction of the bytes: a configuration that Ignition replaces by the one that it holds compressed. Units are packed too, and one
 * dictionary serves all files. Source: Ignition specification 3.4.0, `ignition.config.replace`, whose URL may be of the scheme `data`.
 */
export function packedIgnition(files: RenderedFile[], variant: IgnitionVariant): object {
  const whole = configuration(files, variant, text => ({ compression: '', source: `data:,${encodeURIComponent(text)}` }));
  return { ignition: { version: variant.ignitionVersion, config: { replace: gzipped(JSON.stringify(whole)) } } };
}

function configuration(files: RenderedFile[], variant: IgnitionVariant, carried: (text: string) => object): object {
  return {
    ignition: { version: variant.ignitionVersion },
    storage: { files: plainFiles(files).map(file => ({ ...place(file), contents: carried(file.content) })) },
    systemd: { units: units(files) },
  };
}

function plainFiles(files: RenderedFile[]): RenderedFile[] {
  return files.filter(file => unitName(file) === undefined && dropInName(file) === undefined);
}

function place(file: RenderedFile): object {
  const [user, group] = file.owner.split(':');
  return {
    path: file.path,
    mode: parseInt(file.mode, 8),
    // Files of the image are replaced: a kubelet configuration that stays is worse than none.
    overwrite: true,
    ...(user === 'root' ? {} : { user: { name: user } }),
    ...(group === 'root' ? {} : { group: { name: group } }),
  };
}

function contents(text: string): object {
  return Buffer.byteLength(text) >= WORTH_PACKING_BYTES ? gzipped(text) : { compression: '', source: `data:;base64,${Buffer.from(text).toString('base64')}` };
}

function gzipped(text: string): object {
  return { compression: 'gzip', source: `data:;base64,${gzip(text).toString('base64')}` };
}

function units(files: RenderedFile[]): object[] {
  const enabled = enabledUnits(files);
  const names = [...new Set(files.flatMap(file => unitName(file) ?? dropInName(file)?.unit ?? []))].sort();
  return names.map(name => {
    const whole = files.find(file => unitName(file) === name);
    const dropins = files.filter(file => dropInName(file)?.unit === name).map(file => ({ name: dropInName(file)!.name, contents: file.content }));
    return {
      name,
      ...(whole && enabled.includes(name) ? { enabled: true } : {}),
      ...(whole ? { contents: whole.content } : {}),
      ...(dropins.length > 0 ? { dropins } : {}),
    };
  });
}
