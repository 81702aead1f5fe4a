import { runConformance } from '../conformance/run-conformance.ts'
import * as emulator from './emulator/index.ts'
import { minimumCalls } from './emulator/minimum-calls.ts'
import destination from './index.ts'

runConformance(destination, { ...emulator, minimumCalls })
