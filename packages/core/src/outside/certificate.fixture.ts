/**
 * A certificate of `tls.test` that signed itself, and its key: known to all, good for tests on loopback alone. Valid for a hundred years.
 * Made with `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 -subj /CN=tls.test`.
 */
export const certificate = `-----BEGIN CERTIFICATE-----
MIIBkTCCATigAwIBAgIUJID3MHSoSzkeTLxuZzr62mabhwQwCgYIKoZIzj0EAwIw
EzERMA8GA1UEAwwIdGxzLnRlc3QwIBcNMjYxMTIxMDcyMjI3WhgPMjEyNjEwMjgw
NzIyMjdaMBMxETAPBgNVBAMMCHRscy50ZXN0MFkwEwYHKoZIzj0CAQYIKoZIzj0D
AQcDQgAECH/k8fShpxfQUQBumUGhtFVQ5+Evnke5FUUJUvGW3fW0K3B9h4X3jaq3
HBpyaBYWCysT74oMX17hboVc7Y2SWaNoMGYwHQYDVR0OBBYEFIVFlrKYlOfa9Oi0
3mG63Fc8N+LGMB8GA1UdIwQYMBaAFIVFlrKYlOfa9Oi03mG63Fc8N+LGMA8GA1Ud
EwEB/wQFMAMBAf8wEwYDVR0RBAwwCoIIdGxzLnRlc3QwCgYIKoZIzj0EAwIDRwAw
RAIgXZ2Jxjn6x/y3leiL7+3cOgeH5jXm3hNeMP/VkJ/vJIsCIFvWZ7An4/Ua8q4K
oY5xfVcE0B4L//9lYLsLrgD6z+9a
-----END CERTIFICATE-----
`;
export const privateKey = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgvR8TL09w734HG/3n
PACGmyVHhBCwM9E1siCdPjPoNzChRANCAAQIf+Tx9KGnF9BRAG6ZQaG0VVDn4S+e
R7kVRQlS8Zbd9bQrcH2HhfeNqrccGnJoFhYLKxPvigxfXuFuhVztjZJZ
-----END PRIVATE KEY-----
`;
