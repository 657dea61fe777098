package mesh

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/istio-lightstep/istio-lightstep/internal/bounded"
)

// bounds are those of what a cluster lists: an API server that is broken, or
// whose pages others make, must neither hold a run nor take the memory of its
// machine.
type bounds struct {
	pages    int           // of one list
	bytes    int           // of all pages of one list
	podBytes int           // of pods, which are not kept as they are read
	time     time.Duration // for all lists of a run
}

// wide is beyond what a cluster of 150,000 pods, the largest that Kubernetes
// supports, has to say.
var wide = bounds{pages: 2000, bytes: 512 << 20, podBytes: 2 << 30, time: 10 * time.Minute}

// errEndless says that there are more pages than any cluster has.
var errEndless = errors.New("the API server's pages do not end")

// list is the state of one list that is read page by page.
type list struct {
	cluster *Cluster
	of      Resource
	most    int // bytes
	left    int
	pages   int
	seen    map[string]bool // tokens
}

func (c *Cluster) newList(of Resource, bytes int) *list {
	return &list{cluster: c, of: of, most: bytes, left: bytes, seen: map[string]bool{}}
}

// page asks for the next page, in what is left of the time for all lists.
func (l *list) page(ctx context.Context, ask func(context.Context) ([]byte, error)) ([]byte, error) {
	spent, most := &l.cluster.spent, l.cluster.bounds.time
	bound, cancel := context.WithTimeout(ctx, most-time.Duration(spent.Load()))
	defer cancel()
	begun := time.Now()
	data, err := ask(bound)
	spent.Add(int64(time.Since(begun)))
	switch {
	case bound.Err() != nil && ctx.Err() == nil:
		return nil, fmt.Errorf("list %s: the API server's lists took more than %s", l.of, most)
	case err != nil:
		return nil, err
	}
	if l.left -= len(data); l.left < 0 {
		return nil, fmt.Errorf("the API server's pages of %s together %w", l.of, &bounded.TooLargeError{Limit: l.most})
	}
	return data, nil
}

// goesOn refuses a token of a further page that would have no end.
func (l *list) goesOn(token string) error {
	l.pages++
	if l.seen[token] || l.pages >= l.cluster.bounds.pages {
		return fmt.Errorf("list %s: %w", l.of, errEndless)
	}
	l.seen[token] = true
	return nil
}
