# The command on an empty root, with the roots of TLS, for those who build with Docker. make release makes the image that is
# published without it, of the same contents. The build context is the root of the repository.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY charts charts
COPY cmd cmd
COPY internal internal
COPY pkg pkg
RUN CGO_ENABLED=0 go build -mod=readonly -trimpath -buildvcs=false -ldflags='-s -w' -o /istio-lightstep ./cmd/istio-lightstep

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /istio-lightstep /istio-lightstep
USER 65532:65532
ENTRYPOINT ["/istio-lightstep"]
