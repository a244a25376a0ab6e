import { Problems } from '../../input/problems';
import { dnsNameProblem, quoted } from '../../input/text-safety';

/** Where the configuration of a bucket lies. */
export interface ObjectStorageSecret {
  /** Name of a Secret in namespace `monitoring` that somebody else creates. */
  readonly name: string;

  /**
   * Key in it that holds the bucket configuration of Thanos as YAML.
   *
   * @default objstore.yaml
   */
  readonly key?: string;
}

const SECRET_KEY = /^[A-Za-z0-9._-]{1,253}$/;

/** The bucket that blocks are uploaded to. Its credentials never pass through this library. */
export class ObjectStorage {
  /** Bucket configuration in a Secret; create it with your secret store before the pods start. */
  public static secret(secret: ObjectStorageSecret): ObjectStorage {
    return new ObjectStorage(secret.name, secret.key ?? 'objstore.yaml');
  }

  private constructor(
    /** Name of the Secret. */
    public readonly secretName: string,
    /** Key of the bucket configuration in it. */
    public readonly secretKey: string,
  ) {
    const problems = new Problems('objectStorage');
    problems.add(dnsNameProblem('name', secretName));
    problems.require(typeof secretKey === 'string' && SECRET_KEY.test(secretKey), `key must be a key of a Secret (letters, digits, '-', '_', '.'), got ${quoted(secretKey)}; the configuration itself never goes here`);
    problems.throwIfAny();
  }
}
