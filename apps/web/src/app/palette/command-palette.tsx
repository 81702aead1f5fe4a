import { useIsFetching } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { Command } from 'cmdk'
import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react'
import { useFocusBack } from '../../lib/focus/focus-back.ts'
import { usePress } from '../../lib/focus/press.ts'
import { useRested } from '../../lib/lists/use-rested.ts'
import { firstOption, nameSelected } from '../../components/ui/name-selected.ts'
import { NoMatches } from '../../components/ui/no-matches.tsx'
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
  const isAnswered = useIsFetching() === 0
  const isSearching = useRested(search) !== search || !isAnswered
  const pressing = usePress('[cmdk-item]')
  const field = useRef<HTMLInputElement>(null)
  useFocusBack()
  useEffect(() => {
    // The list marks the option after this.
    const frame = requestAnimationFrame(() => nameSelected(field, list))
    return () => cancelAnimationFrame(frame)
  }, [selected])
  const selectFirst = () => {
    // What arrived is sorted before the next frame.
    requestAnimationFrame(() => {
      if (isChosen.current) return
      const first = firstOption(list)
      if (first !== undefined) setSelected(first)
      nameSelected(field, list)
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
      contentClassName="fixed top-[max(12vh,7.5rem)] left-1/2 z-40 w-[calc(100%-2rem)] max-w-xl -translate-x-1/2 overflow-hidden rounded-xl border border-line bg-surface shadow-float"
    >
      <Command.Input
        ref={field}
        value={search}
        onValueChange={change}
        onFocus={addTyped}
        placeholder={words.commandPalette.placeholder}
        className="w-full border-b border-line bg-transparent px-4 py-3 text-lg text-ellipsis outline-none"
      />
      <NoMatches isSearching={isSearching} className="px-4 pt-7 pb-6 text-center text-base text-soft">
        {words.commandPalette.noMatches}
      </NoMatches>
      <Command.List
        ref={list}
        {...pressing}
        onPointerMove={onPointerMove}
        className="max-h-[50vh] overflow-y-auto p-1.5"
      >
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
