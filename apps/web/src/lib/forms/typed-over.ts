import { useState } from 'react'

/**
 * The version, or the time of the last change, of what a form showed when something was first typed: what is saved may
 * replace that and nothing later, however often the page was read again since.
 */
export function useTypedOver<Version extends string | number>(stored: Version, isTyped: boolean): Version {
  const [shown, setShown] = useState(stored)
  if (!isTyped && shown !== stored) setShown(stored)
  return isTyped ? shown : stored
}
