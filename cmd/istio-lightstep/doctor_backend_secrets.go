package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/istio-lightstep/istio-lightstep/internal/backend"
	"github.com/istio-lightstep/istio-lightstep/internal/behind"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
)

// secretFlags say where the Secrets of backends are read.
type secretFlags struct {
	clusterFlags
	directory string
	read      bool // from the cluster
	namespace string
	variables []string // of this process, that the collector has too
}

func (f *secretFlags) register(command *cobra.Command) {
	f.clusterFlags.register(command)
	flags := command.Flags()
	flags.StringVar(&f.directory, "secrets", "", "`directory` with the Secrets of backends: a directory for each, and in it a file for each key")
	flags.BoolVar(&f.read, "read-secrets", false, "read the Secrets of backends from the cluster")
	flags.StringVarP(&f.namespace, "namespace", "n", "istio-system", "`namespace` of the release")
	flags.StringArrayVar(&f.variables, "env", nil, "variable `NAME` of collector.env that this command has in its environment (repeatable)")
	for _, name := range secretClusterFlags {
		flags.Lookup(name).Usage = "with --read-secrets: " + flags.Lookup(name).Usage
	}
	_ = command.MarkFlagDirname("secrets")
}

// secretClusterFlags say which cluster the Secrets are read from.
var secretClusterFlags = []string{"kubeconfig", "context", "as", "as-group", "request-timeout", "namespace"}

// check refuses what has no meaning without --read-secrets.
func (f *secretFlags) check(flags *pflag.FlagSet) error {
	if f.read && f.directory != "" {
		return errors.New("--secrets and --read-secrets exclude each other")
	}
	for _, name := range secretClusterFlags {
		if flags.Changed(name) && !f.read {
			return fmt.Errorf("--%s goes with --read-secrets", name)
		}
	}
	for _, name := range f.variables {
		if !variableName.MatchString(name) {
			return errors.New("--env takes the name of a variable, and reads its value from the environment")
		}
	}
	return nil
}

// variableName is what a variable of a container can be called.
var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// source gives what the collector reads: Secrets from where they are, variables
// that the values or the environment have.
func (f *secretFlags) source(ctx context.Context, given map[string]*string) (backend.Source, error) {
	source := backend.Source{Given: f.read || f.directory != "", Variable: func(name string) (string, bool, bool) {
		for _, named := range f.variables {
			if value, ok := os.LookupEnv(name); ok && name == named {
				return value, false, true
			}
		}
		if value := given[name]; value != nil {
			return *value, true, true
		}
		return "", false, false
	}}
	switch {
	case f.directory != "":
		source.Secret = f.fromDirectory
	case f.read:
		cluster, err := f.connect("doctor")
		if err != nil {
			return backend.Source{}, err
		}
		source.Secret = func(key behind.Key) ([]byte, string) {
			value, err := mesh.SecretKey(ctx, cluster, f.namespace, key.Secret, key.Key)
			switch {
			case errors.Is(err, mesh.ErrNoKey):
				return nil, fmt.Sprintf("namespace %s has no Secret %s with key %s", f.namespace, key.Secret, key.Key)
			case mesh.Refused(err):
				return nil, fmt.Sprintf("permission denied: reading Secret %s in namespace %s", key.Secret, f.namespace)
			case err != nil:
				return nil, fmt.Sprintf("Secret %s: %v", key.Secret, err)
			}
			return value, ""
		}
	}
	return source, nil
}

// fromDirectory reads a key of a Secret as it is mounted.
func (f *secretFlags) fromDirectory(key behind.Key) ([]byte, string) {
	name := filepath.Join(key.Secret, key.Key)
	if !filepath.IsLocal(name) {
		return nil, "its Secret has no valid name"
	}
	data, missing, err := readMounted(filepath.Join(f.directory, name))
	switch {
	case err != nil:
		return nil, err.Error()
	case missing:
		return nil, fmt.Sprintf("Secret %s has no key %s, or it is empty", key.Secret, key.Key)
	}
	return data, ""
}
