/** How much a finding matters. */
export enum AuditSeverity {
  /** The cluster does not start, loses data or drops traffic; stops a synth and cannot be suppressed. */
  ERROR = 'error',
  /** Works today and hurts at this size, on a bad day or at the next upgrade. */
  WARNING = 'warning',
  /** Worth knowing. */
  NOTE = 'note',
}
