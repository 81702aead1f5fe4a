import { toast } from '../toast.ts'
import { words } from '../words.ts'
import { messageOf, nameOf } from './errors.ts'

/**
 * Says what was done, with a button that undoes it. What somebody else changed meanwhile is undone only when the person
 * asks for it again.
 *
 * @param undo undoes it and returns what to say then; throws the server's `Conflict` for what was changed meanwhile,
 *   unless it `overwrites` that
 */
export function offerUndo(done: string, undo: (overwrites: boolean) => Promise<string>): void {
  const attempt = async (overwrites: boolean) => {
    try {
      toast.success(await undo(overwrites))
    } catch (error) {
      if (nameOf(error) === 'Conflict')
        toast.error(messageOf(error), { label: words.undo.undoAnyway, onClick: () => void attempt(true) })
      else toast.error(words.undo.failed(messageOf(error)))
    }
  }
  toast.success(done, { label: words.undo.undo, onClick: () => void attempt(false) })
}
