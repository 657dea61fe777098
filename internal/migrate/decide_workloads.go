package migrate

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// connection are the values that belong together: a token goes to no other address, and
// by no other TLS, than its owner wrote beside it.
var connection = []string{valueAddress, valueToken, valueSecure, valueCAPath, valueServerName}

// origin is who says what the connection is: a workload's annotation, or those who run the
// mesh, who have none.
type origin struct {
	annotation *document
	says       map[string]string
	at         Finding // the first place
}

// origins gives those that say something of the connection, in the order of their places.
func (m *decisions) origins() []*origin {
	var all []*origin
	of := map[*document]*origin{}
	for value, c := range m.eachOfConnection() {
		o := of[c.workload]
		if o == nil {
			o = &origin{annotation: c.workload, says: map[string]string{}, at: c.at}
			of[c.workload], all = o, append(all, o)
		}
		o.says[value] = fmt.Sprint(c.is)
	}
	return all
}

// eachOfConnection gives the claims to values of the connection that may count.
func (m *decisions) eachOfConnection() func(yield func(string, *claim) bool) {
	return func(yield func(string, *claim) bool) {
		for i := range m.claims {
			c := &m.claims[i]
			if !c.own && slices.Contains(connection, c.value) && !yield(c.value, c) {
				return
			}
		}
	}
}

// keepConnectionsWhole has the values take the connection from one origin, where only
// workloads send to LightStep: of several they have it only where all agree, but for those
// who run the mesh. Nobody else's token goes to the address of a workload's owner.
func (m *decisions) keepConnectionsWhole() {
	all := m.origins()
	if !slices.ContainsFunc(all, func(o *origin) bool { return o.annotation != nil }) {
		return
	}
	from := agreed(all)
	if from == nil {
		var names []string
		for _, o := range all {
			who := "the mesh"
			if o.annotation != nil {
				who = o.annotation.outermost().describe()
			}
			names = append(names, who+" ("+position(o.at)+")")
		}
		m.hand(valueAddress, "the address and the token are set in different places, which do not agree: "+strings.Join(names, ", ")+
			". No value is taken from a workload: set address and token, both of one place, yourself")
	}
	for _, c := range m.eachOfConnection() {
		c.own = c.workload != nil && (from == nil || c.workload != from.annotation)
	}
}

// inseparable is what may go nowhere by itself.
var inseparable = []string{valueAddress, valueToken}

// agreed gives the origin of the whole connection, where there is one and no other one says
// something else, but for those who run the mesh, whom nobody contradicts; nil else.
func agreed(all []*origin) *origin {
	needed := slices.DeleteFunc(slices.Clone(inseparable), func(part string) bool {
		return !slices.ContainsFunc(all, func(o *origin) bool { return o.says[part] != "" })
	})
	var from *origin
	for _, o := range all {
		missing := func(part string) bool { return o.says[part] == "" }
		if slices.ContainsFunc(needed, missing) {
			continue
		}
		if o.annotation == nil {
			return o
		}
		if from != nil && !maps.Equal(from.says, o.says) {
			return nil
		}
		from = o
	}
	if from == nil || slices.ContainsFunc(all, from.contradicts) {
		return nil
	}
	return from
}

// contradicts tells whether another origin has another address or token.
func (o *origin) contradicts(other *origin) bool {
	return slices.ContainsFunc(inseparable, func(part string) bool { return other.says[part] != "" && other.says[part] != o.says[part] })
}
