package mesh

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// mostUnread bounds how many objects of a kind are named.
const mostUnread = 5

// unread names an object that cannot be read. Such an object hides no other, and
// does not make its kind unseen: what holds it against its type is Istio too.
func (r *reader) unread(of Resource, data []byte, err error) {
	var o struct {
		Metadata struct{ Namespace, Name string }
	}
	_ = decode(data, &o) // as far as it can be read
	r.unreadAt(of, Ref{o.Metadata.Namespace, o.Metadata.Name}, err)
}

func (r *reader) unreadAt(of Resource, at Ref, err error) {
	r.broken[of.String()]++
	if r.broken[of.String()] > mostUnread {
		return
	}
	why := "it cannot be read" // the error may repeat what the object holds
	if wrong := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrong) && wrong.Field != "" {
		why = wrongType(wrong.Field).Error()
	}
	r.snapshot.Gaps = append(r.snapshot.Gaps, Gap{What: strings.ToLower(of.Kind) + " " + at.String(), Why: why, Object: true})
}

// moreUnread counts those that are not named.
func (r *reader) moreUnread() {
	for _, kind := range slices.Sorted(maps.Keys(r.broken)) {
		if more := r.broken[kind] - mostUnread; more > 0 {
			r.snapshot.Gaps = append(r.snapshot.Gaps, Gap{What: fmt.Sprintf("%d more %s", more, kind), Why: "they cannot be read", Object: true})
		}
	}
}
