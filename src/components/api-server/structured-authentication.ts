/** How a part of a user is taken from a token. */
export class ClaimMapping {
  /**
   * The value of a claim, with a prefix that keeps it apart from names of other issuers and of the cluster itself.
   *
   * @param prefix for example `idp:`; an empty text is allowed, and then anybody whom the issuer names `system:...` is that
   */
  public static claim(name: string, prefix: string): ClaimMapping {
    return new ClaimMapping({ claim: name, prefix });
  }

  /** A CEL expression over `claims`, for example `"idp:" + claims.sub`. The API server compiles it when it starts, and refuses to start when it does not compile. */
  public static expression(cel: string): ClaimMapping {
    return new ClaimMapping({ expression: cel });
  }

  private constructor(
    /** @internal */
    public readonly _mapping: { readonly claim?: string; readonly prefix?: string; readonly expression?: string },
  ) {}
}

/** A condition that a token or a user has to meet. */
export interface AuthenticationRule {
  /** CEL that gives true: over `claims` in a rule of claims, over `user` in a rule of users. */
  readonly expression: string;
  /** What is logged when it gives false. */
  readonly message: string;
}

/** Somebody whose tokens the API servers accept. */
export interface JwtIssuer {
  /** URL of the issuer as it stands in the claim `iss`: https, without query. Public keys are found from there. */
  readonly url: string;

  /**
   * Where the discovery document lies when not below `url`.
   *
   * @default - `url` with `/.well-known/openid-configuration`
   */
  readonly discoveryUrl?: string;

  /** What the claim `aud` has to name at least one of. */
  readonly audiences: string[];

  /**
   * PEM certificates that sign the issuer's own certificate. Text, not a path: it stands in the configuration file, and is no secret.
   *
   * @default - the authorities that the machine trusts
   */
  readonly certificateAuthority?: string;

  /** Name of the user. */
  readonly username: ClaimMapping;

  /**
   * Groups of the user.
   *
   * @default - none beside `system:authenticated`
   */
  readonly groups?: ClaimMapping;

  /**
   * A name that stays when the user's changes. A claim has no prefix here; pass an empty one.
   *
   * @default - none
   */
  readonly uid?: ClaimMapping;

  /**
   * Further attributes, as CEL by key. Keys are lower-case paths below a domain: `example.com/tenant`.
   *
   * @default - none
   */
  readonly extra?: { [key: string]: string };

  /**
   * Values that claims must have, by claim.
   *
   * @default - none
   */
  readonly requiredClaims?: { [claim: string]: string };

  /**
   * Rules for tokens.
   *
   * @default - none
   */
  readonly claimRules?: AuthenticationRule[];

  /**
   * Rules for the user that was made of a token: for example, that nobody becomes `system:...`.
   *
   * @default - names and groups must not start with `system:`
   */
  readonly userRules?: AuthenticationRule[];
}

/** Who may ask without saying who he is. */
export class AnonymousRequests {
  /** `/livez`, `/readyz` and `/healthz`: what balancers and the kubelet's probes ask. Everything else is refused before anybody counts it. */
  public static healthChecks(): AnonymousRequests {
    return new AnonymousRequests(['/healthz', '/livez', '/readyz']);
  }

  /** These paths beside the health checks, without what lies below them: `/version`. */
  public static alsoAt(...paths: string[]): AnonymousRequests {
    return new AnonymousRequests([...new Set(['/healthz', '/livez', '/readyz', ...paths])].sort());
  }

  /** Every path, as upstream has it: roles decide what `system:anonymous` may do. kubeadm's discovery by token needs it. */
  public static everywhere(): AnonymousRequests {
    return new AnonymousRequests(undefined);
  }

  private constructor(
    /** @internal */
    public readonly _paths: string[] | undefined,
  ) {}
}
