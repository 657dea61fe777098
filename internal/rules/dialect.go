package rules

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
)

// dialect is a row of dialects.json: what one Istio understands.
type dialect struct {
	minor string // 1.16
	patch int    // first patch the row holds for
	auto  string // the delivery that `auto` stands for
	row   map[string]any
}

// versionGrammar is what istio.version may be: 1.26.2, v1.26, 1.26.0-rc.1.
// Numbers of more than four digits are no Istio version.
var versionGrammar = regexp.MustCompile(`^v?(` + versionNumber + `)\.(` + versionNumber + `)(?:\.(` + versionNumber + `))?(?:-[0-9A-Za-z.-]+)?$`)

const versionNumber = `0|[1-9][0-9]{0,3}`

// Dialects gives the rows of dialects.json, oldest first. The caller may
// change them.
func (r *Rules) Dialects() []map[string]any {
	rows := make([]map[string]any, len(r.dialects))
	for i, d := range r.dialects {
		copied, _ := normalise(d.row, 0) // it came from JSON
		rows[i], _ = copied.(map[string]any)
	}
	return rows
}

func loadDialects(data []byte) ([]dialect, queueFacts, []error) {
	const file = "dialects.json"
	top, entries, err := loadList(data, file, "dialects", "queue")
	if err != nil {
		return nil, queueFacts{}, []error{err}
	}
	var dialects []dialect
	var errs []error
	queue, err := newQueueFacts(top["queue"])
	if err != nil {
		errs = append(errs, &LoadError{file, "queue", err})
	}
	for i, entry := range entries {
		d, err := newDialect(entry)
		if err == nil && i > 0 && len(errs) == 0 {
			err = d.follows(dialects[i-1])
		} else if err == nil && i == 0 && d.patch != 0 {
			err = fmt.Errorf("%w: the oldest minor has no row for its first patches", ErrMalformed)
		}
		if err != nil {
			name := fmt.Sprintf("dialect %d", i)
			if minor, ok := entry["minor"].(string); ok {
				name = minor
			}
			errs = append(errs, &LoadError{file, name, err})
		}
		dialects = append(dialects, d)
	}
	return dialects, queue, errs
}

func newDialect(row map[string]any) (dialect, error) {
	d := dialect{row: row}
	var errs []error
	for key, to := range map[string]*string{"minor": &d.minor, "auto": &d.auto} {
		s, ok := row[key].(string)
		if !ok || s == "" {
			errs = append(errs, fmt.Errorf("%w: %s is no text", ErrMalformed, key))
		}
		*to = s
	}
	from, _ := row["from"].(string)
	v, ok := parseVersion(from)
	if !ok || !v.hasPatch || v.minor() != d.minor {
		errs = append(errs, fmt.Errorf("%w: from %q is no patch of minor %q", ErrMalformed, from, d.minor))
	}
	d.patch = v.Patch
	return d, errors.Join(errs...)
}

// follows checks that d is the next row after the one before: a later patch
// of the same minor, or the first patch of the next one.
func (d dialect) follows(before dialect) error {
	this, _ := parseVersion(d.minor)
	last, _ := parseVersion(before.minor)
	sameMinor := d.minor == before.minor && d.patch > before.patch
	nextMinor := this.Major == last.Major && this.Minor == last.Minor+1 && d.patch == 0
	if !sameMinor && !nextMinor {
		return fmt.Errorf("%w: the row after %s from patch %d is out of order or leaves a gap", ErrMalformed, before.minor, before.patch)
	}
	return nil
}

// version is a parsed Istio version.
type version struct {
	Major, Minor, Patch int
	hasPatch            bool
}

func (v version) minor() string { return strconv.Itoa(v.Major) + "." + strconv.Itoa(v.Minor) }

func parseVersion(s string) (version, bool) {
	m := versionGrammar.FindStringSubmatch(s)
	if m == nil {
		return version{}, false
	}
	// The grammar leaves nothing that Atoi refuses but an absent patch.
	major, _ := strconv.Atoi(m[1])
	minor, _ := strconv.Atoi(m[2])
	patch, _ := strconv.Atoi(m[3])
	return version{Major: major, Minor: minor, Patch: patch, hasPatch: m[3] != ""}, true
}

// choose gives the row for a version and how the version relates to the table:
// ok, patch (the patch decides, and was not given), older or newer. A version
// newer than the table but of its major gets the newest row, and the number of
// minors that it is ahead; the rules decide how many are too many.
func (r *Rules) choose(v version) (row map[string]any, state string, ahead int) {
	minor := v.minor()
	rows := 0
	for _, d := range r.dialects {
		if d.minor != minor {
			continue
		}
		rows++
		if d.patch <= v.Patch {
			row = d.row
		}
	}
	oldest, _ := parseVersion(r.dialects[0].minor)
	switch {
	case rows > 1 && !v.hasPatch:
		return nil, "patch", 0
	case rows > 0:
		return row, "ok", 0
	case v.Major < oldest.Major || v.Major == oldest.Major && v.Minor < oldest.Minor:
		return nil, "older", 0
	}
	last := r.dialects[len(r.dialects)-1]
	newest, _ := parseVersion(last.minor)
	if v.Major != newest.Major {
		return nil, "newer", 0
	}
	return last.row, "newer", v.Minor - newest.Minor
}
