package leftover

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// errUnreadable says no more: what an object holds may be a secret.
var errUnreadable = errors.New("an object cannot be read")

// File looks at every line of a file, comments aside, and into base64 in it.
func (r *Report) File(name string, data []byte) {
	number := 0
	for line := range strings.Lines(string(data)) {
		number++
		if at := inLine(line); at >= 0 {
			r.add(Mention{What: name, At: fmt.Sprintf("%d:%d", number, utf8.RuneCountInString(line[:at])+1)})
		}
	}
	if at := encodedAt(string(data), 2); at >= 0 {
		before := string(data[:at])
		start := strings.LastIndexByte(before, '\n') + 1
		where := fmt.Sprintf("%d:%d, in base64", 1+strings.Count(before, "\n"), utf8.RuneCountInString(before[start:])+1)
		r.add(Mention{What: name, At: where})
	}
}
