//go:build nonvml || !cgo || !linux

package telemetry

// OpenNVML says that this build cannot ask the driver, and how to get one that
// can.
func OpenNVML() (GPUSource, error) {
	return nil, noNVML("this build has no NVML; build on Linux with CGO_ENABLED=1 and a C compiler, without the tag nonvml, or give --gpu-telemetry the address of a DCGM exporter")
}
