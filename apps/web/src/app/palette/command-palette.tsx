import { useRouter } from '@tanstack/react-router'
import { Command } from 'cmdk'
import { useRef, useState, type KeyboardEvent, type PointerEvent } from 'react'
import { useFocusBack } from '../../lib/focus/focus-back.ts'
import { usePress } from '../../lib/focus/press.ts'
import type { PauseSubject } from '../../features/syncs/pauses/use-pauses.ts'
import { GeneralCommands } from './palette-general.tsx'
import { ProjectCommands } from './palette-project.tsx'
import { rank } from './palette-rank.ts'
import { words } from '../words.ts'

interface Props {
  /** Gives what was typed before the field was there, once. */
  takeTyped: () => string
  projectId: string | undefined
  onClose: () => void
  onSheet: () => void
  onPause: (subject: PauseSubject) => void
}

/** Ctrl/Cmd K: go to anything by its name, or run a command. The best match comes first and is selected. */
export function CommandPalette({ takeTyped, projectId, onClose, onSheet, onPause }: Props) {
  const router = useRouter()
  const [search, setSearch] = useState('')
  const [selected, setSelected] = useState('')
  /** Once the arrow keys or the pointer were used, what arrives later moves neither the selection nor the list. */
  const isChosen = useRef(false)
  const list = useRef<HTMLDivElement>(null)
  const pressing = usePress('[cmdk-item]')
  useFocusBack()
  const selectFirst = () => {
    // What arrived is sorted before the next frame.
    requestAnimationFrame(() => {
      if (isChosen.current) return
      const first = list.current?.querySelector('[cmdk-item]:not([aria-disabled=true])')?.getAttribute('data-value')
      if (typeof first === 'string') setSelected(first)
    })
  }
  const change = (next: string) => {
    isChosen.current = false
    setSearch(next)
    selectFirst()
  }
  const addTyped = () => {
    const typed = takeTyped()
    if (typed !== '') change(search + typed)
  }
  const go = (navigate: Promise<void>) => {
    onClose()
    void navigate
  }
  const onKeyDown = ({ key }: KeyboardEvent) => {
    if (['ArrowDown', 'ArrowUp', 'Home', 'End'].includes(key)) isChosen.current = true
  }
  const onPointerMove = ({ movementX, movementY }: PointerEvent) => {
    // A list that moves below a pointer at rest tells of a pointer that moved by nothing.
    if (movementX !== 0 || movementY !== 0) isChosen.current = true
  }
  return (
    <Command.Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      label={words.commandPalette.searchCommands}
      filter={rank}
      value={selected}
      onValueChange={setSelected}
      onKeyDown={onKeyDown}
      overlayClassName="fixed inset-0 z-40 bg-scrim"
      contentClassName="fixed top-[12vh] left-1/2 z-40 w-[calc(100vw-2rem)] max-w-xl -translate-x-1/2 overflow-hidden rounded-xl border border-line bg-surface shadow-float"
    >
      <Command.Input
        value={search}
        onValueChange={change}
        onFocus={addTyped}
        placeholder={words.commandPalette.placeholder}
        className="w-full border-b border-line bg-transparent px-4 py-3 text-lg text-ellipsis outline-none"
      />
      <Command.List
        ref={list}
        {...pressing}
        onPointerMove={onPointerMove}
        className="max-h-[50vh] overflow-y-auto p-1.5"
      >
        <Command.Empty className="px-3 py-6 text-center text-base text-soft">
          {words.commandPalette.noMatches}
        </Command.Empty>
        {projectId !== undefined && (
          <ProjectCommands
            projectId={projectId}
            search={search}
            go={go}
            onClose={onClose}
            onFound={selectFirst}
            onPause={onPause}
          />
        )}
        <GeneralCommands
          projectId={projectId}
          go={go}
          onClose={onClose}
          onSheet={onSheet}
          open={(href) => router.history.push(href)}
        />
      </Command.List>
    </Command.Dialog>
  )
}
