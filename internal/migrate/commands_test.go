package migrate_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/internal/migrate"
)

const (
	commandMesh   = "meshConfig:\n  defaultProviders: {tracing: [ls]}\n  extensionProviders:\n  - name: ls\n    lightstep: {service: ingest.lightstep.com, port: 443, accessToken: 31a5e7f09b2c4d68}\n"
	commandByHelm = "helm upgrade --install istiod-mesh istio/istiod -f istiod.yaml -f prod.yaml"
)

// commandFiles are the files that commands name, beside one with the command.
func commandFiles(name, text string) map[string]string {
	files := map[string]string{name: text}
	if strings.Contains(text, "istiod.yaml") {
		files["istiod.yaml"] = commandMesh
	} else {
		files["cp.yaml"] = "apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nspec:\n  " + strings.ReplaceAll(strings.TrimSpace(commandMesh), "\n", "\n  ") + "\n"
	}
	return files
}

// TestCommandsThatSetNothing: a revision and files that were not given are told by the command of a pipeline or a script.
func TestCommandsThatSetNothing(t *testing.T) {
	t.Parallel()
	const step, label = "jobs:\n  up:\n    steps:\n    - run: ", "    - run: curl -L https://istio.io/downloadIstio | sh -\n    - run: kubectl label namespace shop istio.io/rev=1-22\n"
	const revision, more = "istioctl install -y -f cp.yaml --revision 1-22", "istioctl install -y -f cp.yaml -f more.yaml"
	for name, c := range map[string]struct {
		file, text string
		commands   []string
		never      []string
	}{
		"a flow":                     {"wf.yml", `jobs: {up: {steps: [{run: "` + revision + `"}]}}` + "\n", []string{"--revision 1-22 "}, []string{"MORE"}},
		"several in a line":          {"wf.yml", `jobs: {up: {steps: [{run: "helm install a istio/base --set a=b"}, {run: "` + revision + `"}]}}` + "\n", []string{"--revision 1-22 "}, nil},
		"a plain text":               {"wf.yml", step + revision + "\n" + label, []string{"--revision 1-22 "}, []string{"MORE"}},
		"flags in an expression":     {"wf.yml", step + revision + " ${{ inputs.flags }}\n", []string{"--revision 1-22 ", "${FLAGS:?"}, nil},
		"a block":                    {"wf.yml", step + "|\n        " + revision + "\n        kubectl get pods\n", []string{"--revision 1-22 "}, nil},
		"a path":                     {"wf.yml", step + "./istio-1.22.1/bin/" + revision + "\n", []string{"--revision 1-22 "}, nil},
		"a path with an expression":  {"wf.yml", step + "./istio-${{ env.V }}/bin/" + revision + "\n", []string{"--revision 1-22 "}, nil},
		"another file":               {"wf.yml", step + more + "\n", []string{"${MORE?"}, nil},
		"another of Helm":            {"wf.yml", step + commandByHelm + "\n", []string{"${MORE?", "--install istiod-mesh "}, nil},
		"a task of Tekton":           {"task.yml", "apiVersion: tekton.dev/v1\nkind: Task\nspec:\n  steps:\n  - script: |\n      " + revision + "\n", []string{"--revision 1-22 "}, nil},
		"a script":                   {"up.sh", revision + "\n", []string{"--revision 1-22 "}, nil},
		"a script of one line":       {"up.sh", "istioctl install -y -f cp.yaml\n", []string{"install -y -f cp.yaml"}, []string{"MORE"}},
		"a script with another file": {"up.sh", "#!/bin/sh\nset -e\n" + more + "\n", []string{"${MORE?"}, nil},
		"a script of Helm":           {"up.sh", commandByHelm + "\n", []string{"${MORE?", "--install istiod-mesh "}, nil},
		"a script with other charts": {
			"up.sh", "helm repo add istio https://istio-release.storage.googleapis.com/charts\nhelm upgrade --install grafana grafana/grafana -f grafana.yaml\nistioctl analyze -f app.yaml\n" + revision + "\n",
			[]string{`"${ISTIOCTL:?`, "--revision 1-22 "},
			[]string{"MORE", "grafana", "app.yaml", "could not be read"},
		},
		"a Makefile": {"Makefile", "mesh:\n\t" + commandByHelm + "\n", []string{"${MORE?", "--install istiod-mesh "}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			findings, commands := said(t, commandFiles(c.file, c.text))
			for _, text := range c.commands {
				assert.Contains(t, commands, text)
			}
			for _, text := range c.never {
				assert.NotContains(t, findings+commands, text)
			}
			assert.NotContains(t, findings, "unread "+c.file)
		})
	}
	t.Run("beside settings", func(t *testing.T) {
		t.Parallel()
		findings, _ := said(t, commandFiles("all.yml", step+revision+"\n---\n"+commandMesh))
		assert.Contains(t, findings, "give the command, with its flags, in --command")
	})
}

// TestVariablesOfMake: what these hold was not read.
func TestVariablesOfMake(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"istioctl": "FLAGS = --revision 1-22 --set meshConfig.accessLogFile=/dev/stdout\nmesh:\n\tistioctl install -y -f cp.yaml $(FLAGS)\n",
		"Helm":     "HELM_OPTS = --namespace mesh --wait\nmesh:\n\thelm upgrade --install istiod istio/istiod $(HELM_OPTS) -f istiod.yaml\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			findings, commands := said(t, commandFiles("Makefile", text))
			assert.Contains(t, findings, "what this variable holds was not read")
			assert.Contains(t, commands, `"${FLAGS:?`)
		})
	}
	findings, _ := said(t, commandFiles("Makefile", "mesh:\n\tistioctl install -y -f cp.yaml --set values.global.tag=$(TAG) --set hub=$(shell cat hub)\n"))
	assert.NotContains(t, findings, "what this variable holds")
}

// TestCommandsWithinOthers: a command is read wherever a shell runs it.
func TestCommandsWithinOthers(t *testing.T) {
	t.Parallel()
	const args = " install -y -f cp.yaml --revision 1-22 --set meshConfig.defaultConfig.tracing.sampling=30"
	const other = "\nhelm upgrade --install kiali kiali/kiali-server --set auth.strategy=anonymous\n"
	for name, script := range map[string]string{
		"a variable":              "KUBECONFIG=kc istioctl" + args,
		"a variable with quotes":  `KUBECONFIG="$HOME/a b" ./bin/istioctl` + args,
		"a token":                 "LS_TOKEN=$(vault read -field=token secret/ls | tr -d x) istioctl" + args,
		"a condition":             "if ! istioctl" + args + "; then exit 1; fi",
		"a condition of lines":    "if ! istioctl" + args + "; then\n  exit 1\nfi",
		"a folder":                "cd x && istioctl" + args,
		"an answer":               "yes | istioctl" + args,
		"a subshell":              "( istioctl" + args + " )",
		"a subshell that changes": "(cd mesh; istioctl" + args + ")",
		"a function":              "up() { istioctl" + args + "; }",
		"a loop":                  "for V in 1 2; do istioctl" + args + "; done",
		"a variable of it":        `"$ISTIOCTL"` + args,
		"a folder of it":          `"${ISTIO_HOME}/bin/istioctl"` + args,
		"a folder without quotes": `$ISTIO_HOME/bin/istioctl` + args,
		"a part in quotes":        `"$ISTIO_HOME"/bin/istioctl` + args,
		"a version":               "istioctl-1.22" + args,
		"an image":                "docker run --rm -v $PWD:/w -w /w istio/istioctl:1.22.1" + args,
		"an image of a registry":  `docker run --rm -v "$(pwd)":/w gcr.io/istio-release/istioctl` + args,
		"a variable of make":      "\t$(ISTIOCTL)" + args,
		"a folder of make":        "\t@$(BIN)/istioctl" + args,
		"quiet in make":           "\t@istioctl" + args,
		"others":                  "retry 3 istioctl" + args + "\nsudo -E istioctl version",
		"a pod":                   "kubectl exec tools -- istioctl" + args,
		"a shell":                 `bash -c "istioctl` + args + `"`,
		"a flag of all commands":  "istioctl --context prod" + args,
		"a step of Jenkins":       "  sh 'istioctl" + args + "'",
		"lines of Groovy":         "  sh \"\"\"\n    istioctl install -y -f cp.yaml \\\\\n      --revision 1-22 \\\\\n      --set meshConfig.defaultConfig.tracing.sampling=30\n  \"\"\"",
		"a line of Groovy":        "  sh \"\"\"istioctl" + args + "\"\"\"",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, file := range []string{"up.sh", "wf.yml"} {
				text := script + other
				if file == "wf.yml" {
					text = "jobs:\n- run: |\n    " + strings.ReplaceAll(strings.TrimSpace(strings.ReplaceAll(script, "\n\t", "\n")), "\n", "\n    ") + "\n"
				}
				findings, commands := said(t, commandFiles(file, text))
				assert.Contains(t, commands, "--revision 1-22 ", file)
				assert.Contains(t, commands, `"${FLAGS`, file)
				assert.Contains(t, findings, "sampling", file)
				assert.NotContains(t, findings, "a shell cannot parse", file)
			}
		})
	}
	findings, _ := said(t, commandFiles("command line", "LS_TOKEN=x istioctl"+args))
	assert.Contains(t, findings, "sampling")
	for name, text := range map[string]string{
		"a comment":   "# istioctl install --set revision=9-99",
		"what is set": "echo \"istioctl install --set revision=9-99\"",
		"a text":      "echo 'Now run\nwith ./istioctl-x install --set revision=9-99 it'\n",
		"a sentence":  "# see `istioctl install --set revision=9-99`",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, commands := said(t, commandFiles("up.sh", fmt.Sprintf("%s\nistioctl%s%s", text, args, other)))
			assert.Contains(t, commands, "--revision 1-22 ")
			assert.NotContains(t, commands, "9-99")
		})
	}
}

// TestWhereACommandInstalls: the steps install where the user's own command does.
func TestWhereACommandInstalls(t *testing.T) {
	t.Parallel()
	const asked = "nothing tells which namespace this is"
	for name, c := range map[string]struct {
		text, values     string
		commands, said   []string
		never            []string
		namespace, roots string
	}{
		"a namespace":       {text: commandByHelm + " -n mesh", commands: []string{`istiod-mesh "$ISTIOD" -n mesh `}, never: []string{asked}, namespace: "mesh", roots: "istio-system"},
		"a joined one":      {text: commandByHelm + " --namespace=mesh --set pilot.replicaCount=3", commands: []string{`istiod-mesh "$ISTIOD" -n mesh `}, namespace: "mesh", roots: "istio-system"},
		"one of values too": {text: commandByHelm + " -n mesh", values: "global: {istioNamespace: mesh}\n", commands: []string{`-n mesh `}, namespace: "mesh"},
		"the default":       {text: commandByHelm + " -n istio-system", commands: []string{"-n istio-system"}, never: []string{asked, "istio.namespace"}},
		"a variable":        {text: commandByHelm + ` -n "$NS"`, said: []string{asked}},
		"a variable, and values": {
			text: commandByHelm + ` -n "$NS"`, values: "global: {istioNamespace: mesh}\n", commands: []string{"-n mesh"}, never: []string{asked}, namespace: "mesh",
		},
		"a variable of istioctl": {text: `istioctl install -y -f cp.yaml -i "$NS"`, said: []string{asked}},
		"another chart": {
			text: commandByHelm + " -n istio-system\nhelm upgrade --install gateway istio/gateway -n ingress --set a=b", commands: []string{"-n istio-system"}, never: []string{"ingress"},
		},
		"a context of Helm": {text: commandByHelm + " -n istio-system --kube-context prod", said: []string{"`--kube-context prod`", `[ "$CONTEXT" = prod ] &&`}},
		"a context of istioctl": {
			text: "istioctl --context prod install -y -f cp.yaml -f prod.yaml --kubeconfig=kc", said: []string{"`--context prod`", "\n   export KUBECONFIG=kc\n", "use-context prod"},
		},
		"a context that a variable holds": {
			text: commandByHelm + ` -n istio-system --kube-context "$C"`, said: []string{"`--kube-context $C`"}, never: []string{"CONTEXT="},
		},
		"several contexts": {
			text: "istioctl install -y -f cp.yaml --context a\nistioctl install -y -f cp.yaml --context b", said: []string{"`--context a` and `--context b`"}, never: []string{"CONTEXT="},
		},
		"a namespace of a variable": {
			text: "HELM_NAMESPACE=mesh " + commandByHelm, commands: []string{`istiod-mesh "$ISTIOD" -n mesh `}, never: []string{asked}, namespace: "mesh", roots: "istio-system",
		},
		"a namespace of both": {
			text: "export HELM_NAMESPACE=other\n" + commandByHelm + " -n mesh", commands: []string{`istiod-mesh "$ISTIOD" -n mesh `}, namespace: "mesh", roots: "istio-system",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var sources []migrate.Source
			files := commandFiles("up.sh", c.text+"\n")
			for _, file := range slices.Sorted(maps.Keys(files)) {
				data := files[file]
				if file == "istiod.yaml" {
					data = c.values + data
				}
				sources = append(sources, migrate.Source{Name: file, Data: []byte(data)})
			}
			result, err := migrate.Migrate(t.Context(), sources, migrate.Options{To: "1.28", Dir: "out"})
			require.NoError(t, err)
			report := result.Report()
			for _, text := range slices.Concat(c.commands, c.said) {
				assert.Contains(t, report, text)
			}
			for _, text := range c.never {
				assert.NotContains(t, report, text)
			}
			var values struct {
				Istio struct{ Namespace, RootNamespace string }
			}
			require.NoError(t, yaml.Unmarshal(result.Values, &values))
			assert.Equal(t, c.namespace, values.Istio.Namespace)
			assert.Equal(t, c.roots, values.Istio.RootNamespace)
		})
	}
}

// TestTheClusterOfACommand: the steps use the kubeconfig of the user's own command, however a script sets it. What else
// it sets is not shown.
func TestTheClusterOfACommand(t *testing.T) {
	t.Parallel()
	const istioctl, helm = "istioctl install -y -f cp.yaml -f prod.yaml", commandByHelm + " -n istio-system"
	const asked = `: "${KUBECONFIG:?the kubeconfig of the cluster, as up.sh has it}"`
	exported := func(word string) string { return "\nexport KUBECONFIG=" + word + "\n" }
	for name, c := range map[string]struct{ text, said string }{
		"before":                  {"KUBECONFIG=/etc/kc.yaml " + helm, exported("/etc/kc.yaml")},
		"among others":            {"LS_TOKEN=5f0e1d2c3b4a KUBECONFIG=kc/prod A=b " + istioctl, exported("kc/prod")},
		"in quotes":               {`KUBECONFIG="/a b/it's" ` + helm, asked},
		"with a space":            {`KUBECONFIG="/a b/kc" ` + helm, exported("'/a b/kc'")},
		"by env":                  {"env KUBECONFIG=./kc " + istioctl, exported("./kc")},
		"by sudo":                 {"sudo -E KUBECONFIG=/etc/kc " + istioctl, exported("/etc/kc")},
		"on a line before":        {"KUBECONFIG=./kc \\\n  " + istioctl, exported("./kc")},
		"of the home folder":      {"KUBECONFIG=~/.kube/prod " + istioctl, exported(`"$HOME"/.kube/prod`)},
		"of the home variable":    {`KUBECONFIG="${HOME}/.kube/prod" ` + istioctl, exported(`"$HOME"/.kube/prod`)},
		"exported":                {"export KUBECONFIG=./kc\nkubectl get ns\n" + istioctl, exported("./kc")},
		"exported with others":    {"export A=b KUBECONFIG=./kc # prod\n" + helm, exported("./kc")},
		"exported in the line":    {"cd x && export KUBECONFIG=./kc && " + istioctl, exported("./kc")},
		"exported, but its own":   {"export KUBECONFIG=./kc\nKUBECONFIG=./mine " + istioctl, exported("./mine")},
		"exported, but a flag":    {"export KUBECONFIG=./kc\n" + istioctl + " --kubeconfig ./mine", exported("./mine")},
		"exported later":          {istioctl + "\nexport KUBECONFIG=./kc", asked},
		"one of two":              {"if a; then export KUBECONFIG=./a; else export KUBECONFIG=./b; fi\n" + istioctl, asked},
		"that of a variable":      {"KUBECONFIG=${KC} " + helm, asked},
		"that a command makes":    {"export KUBECONFIG=$(mktemp)\n" + helm, asked},
		"that another writes":     {`kind get kubeconfig >"$KUBECONFIG"` + "\n" + helm, asked},
		"of a container":          {"docker run -e KUBECONFIG=/root/kc -v $PWD:/w istio/" + strings.Replace(istioctl, "istioctl", "istioctl:1.22.1", 1), asked},
		"a command in it":         {"export KUBECONFIG='x; touch evil'\n" + helm, asked},
		"what looks like a token": {"KUBECONFIG=9c41e07fd2ab4f0c8d15a7730be6c2f1 " + helm, asked},
		"of make":                 {"export KUBECONFIG := build/kc\nmesh:\n\t" + helm, exported("build/kc")},
		"of Jenkins":              {"environment {\n  KUBECONFIG = credentials('kc')\n}\nsh '" + helm + "'", asked},
		"of Jenkins, a file":      {"environment {\n  KUBECONFIG = '/etc/kc'\n}\nsh '" + helm + "'", exported("/etc/kc")},
		"a comment":               {"# KUBECONFIG=./kc\n" + helm, ""},
		"of Terraform":            {`command = "yes | ~/bin/` + istioctl + ` --kubeconfig \"${var.kubeconfig}\" --set \"revision=1-22\""`, asked},
		"of Groovy":               {"sh \"" + helm + " --kubeconfig ${env.KC} --set revision=1-22\"", asked},
		"before a quoted flag":    {"KUBECONFIG=./kc istioctl --context \"$C\" install -y -f cp.yaml -f prod.yaml", exported("./kc")},
		"none":                    {"A=b " + helm, ""},
		"a server":                {"HELM_KUBETOKEN=5f0e1d2c3b4a HELM_KUBEAPISERVER=https://10.0.0.1 " + helm, "`HELM_KUBEAPISERVER` and `HELM_KUBETOKEN`"},
		"a server by flags":       {helm + " --kube-token 5f0e1d2c3b4a --kube-apiserver=https://10.0.0.1", "`--kube-token` and `--kube-apiserver`"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var sources []migrate.Source
			files := commandFiles("up.sh", c.text+"\n")
			for _, file := range slices.Sorted(maps.Keys(files)) {
				sources = append(sources, migrate.Source{Name: file, Data: []byte(files[file])})
			}
			result, err := migrate.Migrate(t.Context(), sources, migrate.Options{To: "1.28", Dir: "out"})
			require.NoError(t, err)
			require.NotEmpty(t, result.Steps)
			first := result.Steps[0].Text + "\n" + result.Steps[0].Run
			if c.said == "" {
				assert.NotContains(t, result.Report(), "KUBECONFIG")
			}
			assert.Contains(t, first, c.said)
			for _, never := range []string{"5f0e1d2c3b4a", "touch evil", "9c41e07fd2ab4f0c8d15a7730be6c2f1", "10.0.0.1"} {
				assert.NotContains(t, result.Report(), never)
			}
		})
	}
	findings, commands := said(t, commandFiles("wf.yml", "env: {KUBECONFIG: /tmp/kc}\njobs: {up: {steps: [{run: \""+istioctl+"\"}]}}\n"))
	assert.Contains(t, commands, `"${KUBECONFIG:?`, findings)
}
