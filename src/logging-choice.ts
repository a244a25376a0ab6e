import { FluentBitLoggingProps } from './components/logging/fluent-bit-logging';

/** How logs leave the nodes. */
export class Logging {
  /** Fluent Bit on every node. */
  public static fluentBit(props: FluentBitLoggingProps): Logging {
    return new Logging(props);
  }

  /** Somebody else's agents. */
  public static none(): Logging {
    return new Logging(undefined);
  }

  /** @internal */
  private constructor(
    /** @internal */
    public readonly _fluentBit: FluentBitLoggingProps | undefined,
  ) {}
}
