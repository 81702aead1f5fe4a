import '@fontsource-variable/inter/wght.css'
import '@fontsource-variable/jetbrains-mono/wght.css'
import './styles.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Broken } from './app/broken.tsx'
import { requestFirstPage } from './app/head-start.ts'
import { Providers } from './app/providers.tsx'
import { Boundary } from './components/ui/boundary.tsx'
import { restoreDisplay } from './lib/display/display.ts'
import { applyTheme } from './lib/display/theme.ts'
import { watchTyping } from './lib/focus/typed.ts'

applyTheme()
restoreDisplay()
watchTyping()
const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no #root')
createRoot(root).render(
  <StrictMode>
    <Boundary fallback={Broken}>
      <Providers />
    </Boundary>
  </StrictMode>,
)
requestFirstPage()
