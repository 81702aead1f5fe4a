import { Bar, BarChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts'
import { clockTime } from '../../lib/display/time.ts'
import type { ProjectOverview } from '../../lib/server/types.ts'
import { words } from './words.ts'

const { activity } = words

/** Runs per hour, stacked. A picture of what the table beside it says. */
export const RunsChart = ({ hours }: { hours: ProjectOverview['hours'] }) => (
  <ResponsiveContainer width="100%" height={120}>
    <BarChart
      data={hours.map((hour) => ({ ...hour, at: clockTime(hour.from) }))}
      margin={{ top: 4, right: 16, bottom: 0, left: 16 }}
      barCategoryGap={2}
      accessibilityLayer={false}
    >
      <XAxis
        dataKey="at"
        interval={5}
        tickLine={false}
        axisLine={false}
        tick={{ fill: 'var(--color-soft)', fontSize: 12 }}
      />
      <YAxis hide allowDecimals={false} />
      <Tooltip
        isAnimationActive={false}
        cursor={{ fill: 'var(--color-sunken)' }}
        contentStyle={{
          background: 'var(--color-surface)',
          border: '1px solid var(--color-line)',
          borderRadius: 6,
          fontSize: 12,
        }}
      />
      <Bar
        dataKey="succeeded"
        name={activity.succeeded}
        stackId="runs"
        fill="var(--color-good)"
        isAnimationActive={false}
      />
      <Bar dataKey="failed" name={activity.failed} stackId="runs" fill="var(--color-bad)" isAnimationActive={false} />
    </BarChart>
  </ResponsiveContainer>
)
