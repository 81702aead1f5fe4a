/** Short words about what just happened. Their library is loaded with the first of them, not with the page. */
import { createStore, useSelected } from './store.ts'

interface Message {
  kind: 'success' | 'error'
  text: string
  /** A button on it. */
  action?: { label: string; onClick: () => void }
}

const waiting: Message[] = []
const last = createStore<Message | undefined>(undefined)

function say(message: Message): void {
  waiting.push(message)
  last.set(message)
}

export const toast = {
  success: (text: string, action?: Message['action']): void =>
    say({ kind: 'success', text, ...(action ? { action } : {}) }),
  error: (text: string, action?: Message['action']): void =>
    say({ kind: 'error', text, ...(action ? { action } : {}) }),
}

/** Takes the messages that nobody has shown yet. */
export const takeToasts = (): Message[] => waiting.splice(0)

export const onToast = last.subscribe

/** True from the first message on. */
export const useToastsWanted = (): boolean => useSelected(last, (message) => message !== undefined)
