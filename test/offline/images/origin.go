package images

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
)

// askWait is how long a registry may take to answer whether it has an image.
const askWait = 10 * time.Second

// Official gives of the images that names stand for (see [Select]) those that a
// registry has under their official names, and the others. Mirror is the host:port
// of a registry that is asked in place of all, over HTTP; empty asks each image's
// own. A registry that cannot be reached is asked once. It writes to progress why
// others are not taken from a registry.
func Official(ctx context.Context, mirror string, names []string, progress io.Writer) (official, others []Image, err error) {
	chosen, err := Select(names...)
	if err != nil {
		return nil, nil, err
	}
	silent := map[string]error{}
	for _, image := range chosen {
		ref, err := image.at(mirror)
		if err != nil {
			return nil, nil, err
		}
		registry := ref.Context().RegistryStr()
		why := silent[registry]
		if why == nil {
			if why = has(ctx, ref); why == nil {
				official = append(official, image)
				continue
			}
			if answer := (*transport.Error)(nil); !errors.As(why, &answer) {
				silent[registry] = why
				_, _ = fmt.Fprintf(progress, "%s does not answer: %v\n", registry, why)
			} else {
				_, _ = fmt.Fprintf(progress, "%s does not have %s (HTTP %d)\n", registry, image.Name, answer.StatusCode)
			}
		}
		if ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		others = append(others, image)
	}
	return official, others, nil
}

// at is the image in its own registry, or in a mirror of all registries.
func (i Image) at(mirror string) (name.Reference, error) {
	ref, err := name.ParseReference(i.Name)
	if err != nil || mirror == "" {
		return ref, err
	}
	return name.ParseReference(mirror+"/"+ref.Context().RepositoryStr()+":"+ref.Identifier(), name.Insecure)
}

func has(ctx context.Context, ref name.Reference) error {
	ctx, cancel := context.WithTimeout(ctx, askWait)
	defer cancel()
	_, err := remote.Head(ref, remote.WithContext(ctx))
	return err
}

// Names gives the full names of images.
func Names(images []Image) []string { return namesOf(images) }
