package migrate

import (
	"fmt"
	"slices"
	"strings"
)

// around a change, so many lines of a diff are shown.
const contextLines = 2

// mostOfLine is the most that a diff shows of one line, in characters.
const mostOfLine = 2000

// diffLine is a line of a diff: kept (' '), taken out ('-') or put in ('+').
type diffLine struct {
	kind byte
	text string
}

// edits gives the way from one text to another that is made of its lines. It
// takes linear time, for a text of which parts were taken out; it looks for no
// shortest way.
func edits(before, after []string) []diffLine {
	places := map[string][]int{}
	for i, line := range before {
		places[line] = append(places[line], i)
	}
	var all, added []diffLine
	at := 0
	keep := func(to int) {
		for ; at < to; at++ {
			all = append(all, diffLine{'-', before[at]})
		}
		all, added = append(all, added...), nil
	}
	for _, line := range after {
		next, _ := slices.BinarySearch(places[line], at)
		if next == len(places[line]) {
			added = append(added, diffLine{'+', line})
			continue
		}
		keep(places[line][next])
		all = append(all, diffLine{' ', line})
		at++
	}
	keep(len(before))
	return all
}

// unified writes the changed lines of a diff and those around them.
func unified(from, to string, all []diffLine) string {
	var out strings.Builder
	old, fresh := 0, 0 // lines before the hunk
	for i := 0; i < len(all); {
		first := i
		for first < len(all) && all[first].kind == ' ' {
			first++
		}
		if first == len(all) {
			break
		}
		start := max(i, first-contextLines)
		end, kept := first, 0 // kept are the unchanged lines up to end
		for end < len(all) && kept <= 2*contextLines {
			if all[end].kind == ' ' {
				kept++
			} else {
				kept = 0
			}
			end++
		}
		end -= max(0, kept-contextLines)
		old, fresh = old+start-i, fresh+start-i
		if out.Len() == 0 {
			fmt.Fprintf(&out, "--- %s\n+++ %s\n", from, to)
		}
		hunk := all[start:end]
		removed, added := counted(hunk, '-'), counted(hunk, '+')
		same := len(hunk) - removed - added
		fmt.Fprintf(&out, "@@ -%s +%s @@\n", lineRange(old, same+removed), lineRange(fresh, same+added))
		for _, e := range hunk {
			out.WriteString(string(e.kind) + bounded(e.text, mostOfLine))
		}
		old, fresh, i = old+same+removed, fresh+same+added, end
	}
	return out.String()
}

func counted(hunk []diffLine, kind byte) int {
	n := 0
	for _, e := range hunk {
		if e.kind == kind {
			n++
		}
	}
	return n
}

// lineRange writes the lines of a hunk as `diff -u` does.
func lineRange(before, count int) string {
	switch count {
	case 0:
		return fmt.Sprintf("%d,0", before)
	case 1:
		return fmt.Sprint(before + 1)
	}
	return fmt.Sprintf("%d,%d", before+1, count)
}
