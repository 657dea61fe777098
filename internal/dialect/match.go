package dialect

// State is how a version relates to the table. Rules know it by its text.
type State string

// The states.
const (
	OK         State = "ok"
	NeedsPatch State = "patch" // the patch decides, and was not given
	Older      State = "older" // than the oldest row
	Newer      State = "newer" // than the newest row
)

// Match is what the table has for a version.
type Match struct {
	State State
	Row   *Row   // nil where no row holds or can stand in
	Ahead uint64 // minors that the version is newer than the newest row, which stands in for it
}

// For finds the row that holds for a known version. Where the version is newer
// than the table, but of its major, the newest row stands in; the rules decide
// how many minors ahead are too many.
func (t *Table) For(v Version) Match {
	newest := t.Newest()
	switch {
	case v.Less(t.Oldest().From):
		return Match{State: Older}
	case !v.sameMajor(newest.From):
		return Match{State: Newer}
	case v.ahead(newest.From) > 0:
		return Match{State: Newer, Row: newest, Ahead: v.ahead(newest.From)}
	}
	last := len(t.rows) - 1
	for v.Less(t.rows[last].From) {
		last--
	}
	if !v.hasPatch && last+1 < len(t.rows) && t.rows[last+1].Minor == v.Minor() {
		return Match{State: NeedsPatch}
	}
	return Match{State: OK, Row: t.rows[last]}
}

// Nearest gives the row that comes nearest to what a version understands. An
// unknown one is taken for the newest.
func (t *Table) Nearest(v Version) *Row {
	if !v.Known() {
		return t.Newest()
	}
	for i := len(t.rows) - 1; i >= 0; i-- {
		if !v.Less(t.rows[i].From) {
			return t.rows[i]
		}
	}
	return t.Oldest()
}
