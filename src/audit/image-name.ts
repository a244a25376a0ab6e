/** Registry that an image name starts with; undefined: the runtime's default. The rule is that of the image reference: a first part with a dot, a colon or `localhost`. */
export function registryOf(image: string): string | undefined {
  const [first, ...rest] = image.split('/');
  return rest.length > 0 && (/[.:]/.test(first) || first === 'localhost') ? first : undefined;
}

/** Tag of an image name without the `v`; undefined for none. */
export function tagOf(image: string): string | undefined {
  return /:v?([^/:@]+)(?:@.*)?$/.exec(image.includes('@') ? image.slice(0, image.indexOf('@')) : image)?.[1];
}
