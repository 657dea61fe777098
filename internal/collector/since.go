package collector

// Since gives what a collector counted after an earlier look at the same pod:
// counters as differences, queues as they are now. Elapsed are the seconds
// between the two looks. A collector that started again in between counts from
// zero: what it counted after the earlier look and before its end is not known,
// and restarted says so.
func (m *Metrics) Since(before *Metrics, elapsed float64) (since *Metrics, restarted bool) {
	if restarted = m.restartedAfter(before, elapsed); restarted {
		before = &Metrics{}
	}
	since = &Metrics{
		Accepted: m.Accepted - before.Accepted, Refused: m.Refused - before.Refused, Uptime: m.Uptime, Exporters: map[string]Counts{},
	}
	for name, now := range m.Exporters {
		then := before.Exporters[name]
		now.Sent -= then.Sent
		now.SendFailed -= then.SendFailed
		now.EnqueueFailed -= then.EnqueueFailed
		since.Exporters[name] = now
	}
	return since, restarted
}

// restartedAfter tells whether these are the counts of another process than
// those of an earlier look. One that started soon before that look, and again
// soon after it, may run for longer than the first one did then: so its uptime
// has to grow, by half of the time at least, as clocks differ.
func (m *Metrics) restartedAfter(before *Metrics, elapsed float64) bool {
	if m.Uptime > 0 && before.Uptime > 0 && m.Uptime < before.Uptime+elapsed/2 {
		return true
	}
	if m.Accepted < before.Accepted || m.Refused < before.Refused {
		return true
	}
	for name, then := range before.Exporters {
		now := m.Exporters[name]
		if now.Sent < then.Sent || now.SendFailed < then.SendFailed || now.EnqueueFailed < then.EnqueueFailed {
			return true
		}
	}
	return false
}

// Plus adds what was counted in another span of time, or by another collector.
// Queues are those of the other.
func (c Counts) Plus(other Counts) Counts {
	return Counts{
		Sent: c.Sent + other.Sent, SendFailed: c.SendFailed + other.SendFailed, EnqueueFailed: c.EnqueueFailed + other.EnqueueFailed,
		Queue: other.Queue,
	}
}
