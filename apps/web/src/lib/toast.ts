/** Short words about what just happened. Their library is loaded with the first of them, not with the page. */
import { useSyncExternalStore } from 'react'

interface Message {
  kind: 'success' | 'error'
  text: string
  /** A button on it. */
  action?: { label: string; onClick: () => void }
}

const waiting: Message[] = []
const listeners = new Set<() => void>()
let wanted = false

function say(message: Message): void {
  waiting.push(message)
  wanted = true
  for (const listener of listeners) listener()
}

export const toast = {
  success: (text: string, action?: Message['action']): void =>
    say({ kind: 'success', text, ...(action ? { action } : {}) }),
  error: (text: string): void => say({ kind: 'error', text }),
}

/** Takes the messages that nobody has shown yet. */
export const takeToasts = (): Message[] => waiting.splice(0)

export function onToast(listener: () => void): () => void {
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
  }
}

/** True from the first message on. */
export const useToastsWanted = (): boolean => useSyncExternalStore(onToast, () => wanted)
