// A TLS peer on Go's crypto/tls. The command line is that of every program
// here: see ../../support/own-program.ts.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"os"
	"reflect"
	"strings"
)

type options map[string]string

func main() {
	o := options{}
	for _, argument := range os.Args[2:] {
		key, value, _ := strings.Cut(argument, "=")
		o[key] = value
	}
	if os.Args[1] == "client" {
		client(o)
	} else {
		server(o)
	}
}

func client(o options) {
	config := o.config()
	config.RootCAs = pool(o["ca"])
	config.ServerName = o["name"]
	config.ClientSessionCache = tls.NewLRUClientSessionCache(4)
	if o["connections"] == "2" {
		conn := dial(o, config)
		line := []byte("first\n")
		check(conn.Write(line))
		check(io.ReadFull(conn, line))
		leave(conn)
	}
	conn := dial(o, config)
	buffer := make([]byte, 16384)
	for {
		count, err := os.Stdin.Read(buffer)
		if err == io.EOF {
			break
		}
		check(conn.Write(buffer[:count]))
		check(io.ReadFull(conn, buffer[:count]))
		check(os.Stdout.Write(buffer[:count]))
	}
	leave(conn)
}

func server(o options) {
	config := o.config()
	if o["auth"] == "required" {
		config.ClientAuth = tls.RequireAndVerifyClientCert
	} else if o["auth"] == "optional" {
		config.ClientAuth = tls.VerifyClientCertIfGiven
	}
	if o["ca"] != "" {
		config.ClientCAs = pool(o["ca"])
	}
	listener, err := net.Listen("tcp", "127.0.0.1:"+o["port"])
	fail(err)
	count := 1
	if o["connections"] == "2" {
		count = 2
	}
	for ; count > 0; count-- {
		raw, err := listener.Accept()
		fail(err)
		conn := tls.Server(raw, config)
		fail(conn.Handshake())
		tell(conn)
		_, err = io.Copy(conn, conn)
		fail(err)
		fail(conn.Close())
	}
}

func (o options) config() *tls.Config {
	version := uint16(tls.VersionTLS13)
	if o["version"] == "TLSv1.2" {
		version = tls.VersionTLS12
	}
	config := &tls.Config{MinVersion: version, MaxVersion: version}
	if o["cert"] != "" {
		pair, err := tls.LoadX509KeyPair(o["cert"], o["key"])
		fail(err)
		config.Certificates = []tls.Certificate{pair}
	}
	// Those of TLS 1.3 cannot be chosen.
	for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		for _, name := range o.list("suites") {
			if suite.Name == name {
				config.CipherSuites = append(config.CipherSuites, suite.ID)
			}
		}
	}
	for _, name := range o.list("groups") {
		config.CurvePreferences = append(config.CurvePreferences, groups[name])
	}
	config.NextProtos = o.list("alpn")
	if o["ech"] != "" {
		setEch(config, "EncryptedClientHelloConfigList", reflect.ValueOf(read(o["ech"])))
	}
	if o["ech_key"] != "" {
		setEch(config, "EncryptedClientHelloKeys", echKeys(read(o["ech_config"]), read(o["ech_key"])))
	}
	return config
}

// setEch sets a field that Go has had since 1.24 only.
func setEch(config *tls.Config, name string, value reflect.Value) {
	field := reflect.ValueOf(config).Elem().FieldByName(name)
	if !field.IsValid() {
		fail(fmt.Errorf("this Go has no %s", name))
	}
	field.Set(value)
}

func echKeys(config, key []byte) reflect.Value {
	field, found := reflect.TypeOf(tls.Config{}).FieldByName("EncryptedClientHelloKeys")
	if !found {
		fail(fmt.Errorf("this Go has no ECH on servers"))
	}
	keys := reflect.MakeSlice(field.Type, 1, 1)
	one := keys.Index(0)
	one.FieldByName("Config").SetBytes(config)
	one.FieldByName("PrivateKey").SetBytes(key)
	one.FieldByName("SendAsRetry").SetBool(true)
	return keys
}

func read(file string) []byte {
	content, err := os.ReadFile(file)
	fail(err)
	return content
}

var groups = map[string]tls.CurveID{
	"X25519MLKEM768":     0x11ec,
	"SecP256r1MLKEM768":  0x11eb,
	"SecP384r1MLKEM1024": 0x11ed,
	"x25519":             tls.X25519,
	"secp256r1":          tls.CurveP256,
	"secp384r1":          tls.CurveP384,
	"secp521r1":          tls.CurveP521,
}

func (o options) list(key string) []string {
	if o[key] == "" {
		return nil
	}
	return strings.Split(o[key], ",")
}

func pool(file string) *x509.CertPool {
	pem, err := os.ReadFile(file)
	fail(err)
	certificates := x509.NewCertPool()
	certificates.AppendCertsFromPEM(pem)
	return certificates
}

func dial(o options, config *tls.Config) *tls.Conn {
	conn, err := tls.Dial("tcp", "127.0.0.1:"+o["port"], config)
	fail(err)
	tell(conn)
	return conn
}

// leave says close_notify and waits for the peer's. Go takes the mere end of
// TCP for it: what the peer says is for the others to judge.
func leave(conn *tls.Conn) {
	fail(conn.CloseWrite())
	if _, err := conn.Read(make([]byte, 1)); err != io.EOF {
		fail(fmt.Errorf("no close_notify: %v", err))
	}
	conn.Close()
}

func tell(conn *tls.Conn) {
	state := conn.ConnectionState()
	version := map[uint16]string{tls.VersionTLS12: "TLSv1.2", tls.VersionTLS13: "TLSv1.3"}[state.Version]
	peer := ""
	if len(state.PeerCertificates) > 0 {
		peer = state.PeerCertificates[0].Subject.CommonName
	}
	ech := false
	if field := reflect.ValueOf(state).FieldByName("ECHAccepted"); field.IsValid() {
		ech = field.Bool()
	}
	fmt.Fprintf(os.Stderr, "secure version=%s suite=%s alpn=%s resumed=%t peer=%s ech=%t name=%s\n",
		version, tls.CipherSuiteName(state.CipherSuite), state.NegotiatedProtocol, state.DidResume, peer, ech, state.ServerName)
}

func check(_ int, err error) {
	fail(err)
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}
