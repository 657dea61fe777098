package leftover

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestEscapedLettersAreRead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text string
		want bool
	}{
		"of a URL":            {`https://proxy/?to=ingest.light%73tep.com`, true},
		"all of a URL":        {`%6c%69%67%68%74%73%74%65%70`, true},
		"of JSON":             {`{"host": "\u006cightstep.com"}`, true},
		"of YAML":             {`host: "\x6C\x69ghtstep.com"`, true},
		"long":                {`host: "\U0000006cightstep.com"`, true},
		"with a dash":         {`light%2dstep`, true},
		"our name":            {`%69stio-lightstep`, false},
		"our name, by a dash": {`istio%2Dlightstep`, false},
		"a comment":           {`a: b # light%73tep`, false},
		"another word":        {`light%74tep`, false},
		"a digit":             {`light%31step`, false},
		"nothing":             {`100 % of \n`, false},
	} {
		assert.Equal(t, c.want, isEscaped(c.text), name)
	}
}

func TestEscapedMentionsAreNamed(t *testing.T) {
	t.Parallel()
	r := look(t, `
apiVersion: v1
kind: ConfigMap
metadata: {name: mesh, namespace: shop}
data:
  url: https://proxy/?to=ingest.light%73tep.com
  files: "a: b\nc: \"\\u006cightstep\"\n"
  packed: `+encode(`{"a": "\u006cightstep", "b": "c"}`)+`
`)
	r.File("a.yaml", []byte("a: b\né: \"\\x6cightstep\"\n- x%4Cightstep\n"))
	assert.Equal(t, []string{
		`ConfigMap shop/mesh: data.files, line 2, escaped`,
		`ConfigMap shop/mesh: data.packed, in base64`,
		`ConfigMap shop/mesh: data.url, escaped`,
		`a.yaml:2:5: é, escaped`,
		`a.yaml:3:4: Lightstep, escaped`,
	}, names(r))
}
