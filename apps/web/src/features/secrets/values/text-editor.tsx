import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { json } from '@codemirror/lang-json'
import { bracketMatching, defaultHighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { EditorState } from '@codemirror/state'
import { drawSelection, EditorView, highlightSpecialChars, keymap, lineNumbers } from '@codemirror/view'
import { useEffect, useEffectEvent, useRef, useState } from 'react'
import { Button } from '../../../components/ui/button.tsx'
import { Actions, Dialog } from '../../../components/ui/dialog.tsx'
import { WhiteSpaceNote } from './white-space-note.tsx'
import { words } from '../words.ts'

interface Props {
  title: string
  /** Lines end with LF; saving puts the line ends back. */
  initial: string
  onDone: (text: string) => void
  onClose: () => void
}

/** An editor for long values, such as keys in PEM and documents in JSON. Ctrl or ⌘ with Enter is done. */
export const TextEditorDialog = (props: Props) => (
  <Dialog open isWide onClose={props.onClose} title={props.title}>
    <TextEditor {...props} />
  </Dialog>
)

/** Apart from the dialog, whose frame is loaded after it was opened: an effect of its own finds what it draws. */
function TextEditor({ title, initial, onDone, onClose }: Props) {
  const frame = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(null)
  const [text, setText] = useState(initial)
  const onShortcut = useEffectEvent(onDone)
  useEffect(() => {
    if (!frame.current) return
    const created = new EditorView({
      parent: frame.current,
      state: EditorState.create({
        doc: initial,
        extensions: [
          // Before the key that begins a line.
          keymap.of([{ key: 'Mod-Enter', run: ({ state }) => (onShortcut(state.doc.toString()), true) }]),
          lineNumbers(),
          history(),
          drawSelection(),
          highlightSpecialChars(),
          bracketMatching(),
          syntaxHighlighting(defaultHighlightStyle),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ 'aria-label': title, spellcheck: 'false', autocapitalize: 'off' }),
          EditorView.updateListener.of(({ docChanged, state }) => {
            if (docChanged) setText(state.doc.toString())
          }),
          THEME,
          keymap.of([...defaultKeymap, ...historyKeymap]),
          isJson(initial) ? json() : [],
        ],
      }),
    })
    view.current = created
    created.focus()
    return () => created.destroy()
  }, [initial, title])
  const problem = jsonProblem(text)
  const replace = (next: string) =>
    view.current?.dispatch({ changes: { from: 0, to: view.current.state.doc.length, insert: next } })
  return (
    <>
      <div className="grid grid-cols-1 gap-2">
        <div
          ref={frame}
          className="min-w-0 overflow-hidden rounded-md border border-edge outline-offset-2 outline-accent focus-within:outline-2"
        />
        <p className="text-sm text-soft" aria-live="polite">
          {words.textEditor.size(new TextEncoder().encode(text).length, text.split('\n').length)}
          {problem === null ? '' : problem === '' ? words.textEditor.validJson : words.textEditor.notValidJson(problem)}
        </p>
        <WhiteSpaceNote value={text} onClean={replace} />
      </div>
      <Actions>
        <Button onClick={onClose}>{words.textEditor.cancel}</Button>
        <Button variant="primary" onClick={() => onDone(text)}>
          {words.textEditor.done}
        </Button>
      </Actions>
    </>
  )
}

const THEME = EditorView.theme({
  '&': { backgroundColor: 'var(--color-surface)', color: 'var(--color-ink)', fontSize: '0.8125rem' },
  // Around the frame instead, where the line numbers do not cover it.
  '&.cm-focused': { outline: 'none' },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--color-accent-tint)' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', minHeight: '12rem', maxHeight: '60dvh' },
  '.cm-content': { caretColor: 'var(--color-ink)' },
  '.cm-cursor': { borderLeftColor: 'var(--color-ink)' },
  '.cm-gutters': {
    backgroundColor: 'var(--color-sunken)',
    color: 'var(--color-faint)',
    border: 'none',
    // As high as the editor, not as its text.
    height: 'auto',
    alignSelf: 'stretch',
  },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'var(--color-accent-tint) !important',
  },
  // One colour for what is written: those of the highlighter are for light surfaces only.
  '.cm-line span': { color: 'inherit' },
  '.cm-specialChar': { color: 'var(--color-bad) !important' },
})

const isJson = (text: string): boolean => /^\s*[[{]/.test(text)

/** Null where it is no JSON at all, blank where it is valid. */
function jsonProblem(text: string): string | null {
  if (!isJson(text)) return null
  try {
    JSON.parse(text)
    return ''
  } catch (error) {
    // Not the message, which quotes the text.
    return (
      /position \d+( \(line \d+ column \d+\))?/.exec(error instanceof Error ? error.message : '')?.[0] ?? 'unfinished'
    )
  }
}
