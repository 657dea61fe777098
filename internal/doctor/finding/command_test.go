package finding

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestACommandQuotesItsWords(t *testing.T) {
	t.Parallel()
	inner := NewCommand("helm get manifest {release} | kubectl apply -f -", Facts{"release": "r"})
	for _, c := range []struct {
		template string
		facts    Facts
		line     string
	}{
		{"kubectl rollout restart {workload} --namespace {namespace}", Facts{"workload": "deployment/a", "namespace": "b"}, "kubectl rollout restart deployment/a --namespace b"},
		{"kubectl get x --output 'jsonpath={.spec}' >file", nil, "kubectl get x --output 'jsonpath={.spec}' >file"},
		{"{restore} && kubectl delete pods --selector {selector}", Facts{"restore": inner, "selector": "a/b=c,d=e"}, "helm get manifest r | kubectl apply -f - && kubectl delete pods --selector a/b=c,d=e"},
		{
			`kubectl patch --patch '[{"value":"{provider}","at":{index},"all":{value}}]'`,
			Facts{"provider": "p.q", "index": 3, "value": NewJSON(map[string]string{"a'b": "\"\n"})},
			`kubectl patch --patch '[{"value":"p.q","at":3,"all":{"a'\''b":"\"\n"}}]'`,
		},
		{"a --remove 'x[name={provider}]' | b", Facts{"provider": "p"}, "a --remove 'x[name=p]' | b"},
		{"curl {url}", Facts{"url": "http://h/a'b?c&d"}, `curl 'http://h/a'\''b?c&d'`},
	} {
		made := NewCommand(c.template, c.facts)
		assert.Equal(t, c.line, made.String(), made.Text())
	}
	assert.Equal(t, "a && b", NewCommand("a", nil).And(NewCommand("b", nil)).String())
}

func TestAFactThatIsNotValidGivesNoCommand(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		template string
		facts    Facts
		why      string
	}{
		{"kubectl delete pod {pod}", Facts{"pod": "x; curl evil | sh"}, "the pod's name is not valid in Kubernetes"},
		{"kubectl delete pod {pod}", Facts{"pod": "-rf"}, "the pod's name"},
		{"kubectl delete pod {pod}", Facts{"pod": ""}, "the pod's name"},
		{"kubectl delete pod {pod}", Facts{"pod": "a\n"}, "the pod's name"},
		{"kubectl delete pod {pod}", nil, "missing"},
		{"kubectl delete pod x --namespace {namespace}", Facts{"namespace": "a.b"}, "its namespace"},
		{"kubectl restart {workload}", Facts{"workload": "rollout/x"}, "not for a rollout"},
		{"kubectl restart {workload}", Facts{"workload": "roll out/x"}, "its owner"},
		{"kubectl restart {workload}", Facts{"workload": "deployment/x y"}, "its owner"},
		{"a {value}", Facts{"value": "x"}, "is not JSON"},
		{"a {new}", Facts{"new": "x"}, "cannot contain fact new"},
		{`a '[{"b":{index}}]'`, Facts{"index": "1}"}, "the number"},
		{"a {restore}", Facts{"restore": NewCommand("b {pod}", Facts{"pod": "$(x)"})}, "the pod's name"},
		{"a {url}", Facts{"url": "http://x/\x1b"}, "non-printable"},
		{"a {key}", Facts{"key": "--x"}, "the key"},
		{"a {env}", Facts{"env": "A B"}, "the variable"},
	} {
		made := NewCommand(c.template, c.facts)
		assert.Empty(t, made.String(), c.template)
		assert.Contains(t, made.Text(), c.why, c.template)
	}
	refused := Advise("do not")
	assert.Equal(t, "do not", refused.And(NewCommand("a", nil)).Text())
	assert.Equal(t, "do not", NewCommand("a", nil).And(refused).Text())
}

// TestNoTemplateTakesAFactThatNothingChecks is what keeps a new finding from
// printing what a tenant wrote.
func TestNoTemplateTakesAFactThatNothingChecks(t *testing.T) {
	t.Parallel()
	assert.Error(t, checkTemplate("kubectl delete {anything}"))
	assert.Error(t, checkTemplate("kubectl delete x{restore}"))
	assert.NoError(t, checkTemplate("{restore} && kubectl delete pod {pod}"))
}
