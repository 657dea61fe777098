# What build and tools share: Go builds of the modules beside this folder. Sourced with $here set to this folder.
# shellcheck shell=bash disable=SC2154
modules=$here/../modules
export GOWORK=off GOFLAGS=-buildvcs=false CGO_ENABLED=0

# go_module NAME PATH FIELD: what Go knows of the module PATH as modules/NAME pins it: Version or Dir.
go_module() { go -C "$modules/$1" list -m -f "{{.$3}}" "$2"; }

# go_build OUTPUT NAME FLAGS_AND_PACKAGES...: static binaries out of modules/NAME.
go_build() {
  local output=$1 name=$2
  shift 2
  go -C "$modules/$name" build -trimpath -o "$output" "$@"
}

# kubernetes_ldflags: what makes its binaries tell their version.
kubernetes_ldflags() {
  local version minor
  version=$(go_module kubernetes k8s.io/kubernetes Version)
  minor=$(cut -d. -f2 <<<"$version")
  printf '%s' "-s -w -X k8s.io/component-base/version.gitVersion=$version" \
    " -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=$minor" \
    " -X k8s.io/client-go/pkg/version.gitVersion=$version"
}
