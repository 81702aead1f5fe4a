import { useReactFlow, useStore } from '@xyflow/react'
import { Maximize, ZoomIn, ZoomOut } from 'lucide-react'
import { useCallback, useEffect } from 'react'
import { IconButton } from '../../components/ui/icon-button.tsx'
import type { Placed } from './map-layout.ts'
import { words } from './words.ts'

const { map } = words

/** Smaller than that nothing can be read: then the map is as wide as it is, and is moved. */
const READABLE = 0.7

/** Fits the map into its width whenever that changes, and lets a person zoom. */
export function MapControls({ placed, padding, height }: { placed: Placed; padding: number; height: number }) {
  const flow = useReactFlow()
  const width = useStore((state) => state.width)
  const fitWidth = useCallback(() => {
    if (width === 0) return
    const zoom = Math.min(1, Math.max(READABLE, (width - 2 * padding) / placed.width))
    const x = Math.max(padding, (width - placed.width * zoom) / 2)
    const y = Math.max(padding, (height - placed.height * zoom) / 2)
    void flow.setViewport({ x, y, zoom })
  }, [flow, width, height, padding, placed])
  useEffect(fitWidth, [fitWidth])
  return (
    <div className="flex gap-1">
      <IconButton variant="secondary" icon={ZoomOut} label={map.zoomOut} onClick={() => void flow.zoomOut()} />
      <IconButton variant="secondary" icon={ZoomIn} label={map.zoomIn} onClick={() => void flow.zoomIn()} />
      <IconButton
        variant="secondary"
        icon={Maximize}
        label={map.fit}
        onClick={() => void flow.fitView({ padding: 0.05 })}
      />
    </div>
  )
}
