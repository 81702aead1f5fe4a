import { useState } from 'react'

export const STEPS = ['factor', 'alerts', 'rootKey', 'invite'] as const
export type SetupStep = (typeof STEPS)[number]

const KEY = 'keyferry.dismissed-steps'
const isStep = (text: string): text is SetupStep => STEPS.some((step) => step === text)
const read = (): SetupStep[] => (localStorage.getItem(KEY) ?? '').split(',').filter(isStep)

/** The steps of the setup that are no longer to be shown in this browser. */
export function useDismissed() {
  const [dismissed, setDismissed] = useState(read)
  return {
    dismissed,
    dismiss(step: SetupStep) {
      const next = [...dismissed, step]
      localStorage.setItem(KEY, next.join(','))
      setDismissed(next)
    },
  }
}
