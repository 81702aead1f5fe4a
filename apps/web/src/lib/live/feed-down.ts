interface Feed {
  status: 'idle' | 'connecting' | 'pending' | 'error'
  error: unknown
}

/**
 * Whether a feed is down: from its end, or an attempt that failed, until it is open. One that is under way changes
 * nothing: what failed would be requested again with each, and its screen alternate between failure and loading.
 */
export function isFeedDown(wasDown: boolean, { status, error }: Feed): boolean {
  if (status === 'pending') return false
  return status === 'connecting' && error === null ? wasDown : true
}
