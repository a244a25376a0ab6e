/** What components need to know of the API servers. */
export interface IApiEndpoint {
  /** Host of the load balancer: DNS name or address. */
  readonly apiHost: string;
  readonly apiPort: number;
  /** Requests one API server works on at a time, mutating and others together. */
  readonly totalSeats: number;
  /** Number of API servers. */
  readonly replicas: number;
}
