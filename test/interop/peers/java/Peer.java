import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Security;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * A TLS peer on SunJSSE. The command line is that of every program here: see
 * ../../support/own-program.ts.
 */
public final class Peer {
  private final Map<String, String> options = new HashMap<>();

  /** JDKs of 2026 turn the suites of static RSA off, which a client of ours has. */
  private static void allowStaticRsa() {
    String name = "jdk.tls.disabledAlgorithms";
    String disabled = Security.getProperty(name);
    Security.setProperty(name, disabled.replaceAll("TLS_RSA_\\*,?\\s*", ""));
  }

  public static void main(String[] arguments) {
    try {
      allowStaticRsa();
      Peer peer = new Peer(arguments);
      if (arguments[0].equals("client")) peer.client();
      else peer.server();
    } catch (Exception error) {
      System.err.println("error: " + error);
      System.exit(1);
    }
  }

  private Peer(String[] arguments) {
    for (int i = 1; i < arguments.length; i++) {
      String[] pair = arguments[i].split("=", 2);
      options.put(pair[0], pair[1]);
    }
    System.setProperty("com.sun.net.ssl.requireCloseNotify", "true");
    if (options.containsKey("groups"))
      System.setProperty("jdk.tls.namedGroups", options.get("groups"));
  }

  private void client() throws Exception {
    SSLContext context = context();
    if (connections() == 2) {
      SSLSocket first = connect(context);
      first.getOutputStream().write("first\n".getBytes());
      exactly(first.getInputStream(), 6);
      leave(first);
      Thread.sleep(20);
    }
    SSLSocket socket = connect(context);
    byte[] buffer = new byte[16384];
    for (int count; (count = System.in.read(buffer)) > 0; ) {
      socket.getOutputStream().write(buffer, 0, count);
      System.out.write(exactly(socket.getInputStream(), count));
      System.out.flush();
    }
    leave(socket);
  }

  private void server() throws Exception {
    SSLServerSocket listener =
        (SSLServerSocket)
            context()
                .getServerSocketFactory()
                .createServerSocket(
                    Integer.parseInt(options.get("port")), 8, InetAddress.getLoopbackAddress());
    SSLParameters parameters = common(listener.getSSLParameters());
    parameters.setWantClientAuth(options.get("auth").equals("optional"));
    if (options.get("auth").equals("required")) parameters.setNeedClientAuth(true);
    listener.setSSLParameters(parameters);
    for (int left = connections(); left > 0; left--) {
      SSLSocket socket = (SSLSocket) listener.accept();
      long began = System.currentTimeMillis();
      socket.startHandshake();
      tell(socket, began);
      byte[] buffer = new byte[65536];
      for (int count; (count = socket.getInputStream().read(buffer)) > 0; )
        socket.getOutputStream().write(buffer, 0, count);
      socket.shutdownOutput();
      socket.close();
    }
  }

  private SSLSocket connect(SSLContext context) throws Exception {
    int port = Integer.parseInt(options.get("port"));
    String name = options.get("name");
    long began = System.currentTimeMillis();
    Socket tcp = new Socket(InetAddress.getLoopbackAddress(), port);
    SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(tcp, name, port, true);
    SSLParameters parameters = common(socket.getSSLParameters());
    parameters.setServerNames(List.of(new SNIHostName(name)));
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    tell(socket, began);
    return socket;
  }

  private SSLParameters common(SSLParameters parameters) {
    parameters.setProtocols(new String[] {options.get("version")});
    if (options.containsKey("suites"))
      parameters.setCipherSuites(options.get("suites").split(","));
    if (options.containsKey("alpn"))
      parameters.setApplicationProtocols(options.get("alpn").split(","));
    return parameters;
  }

  private SSLContext context() throws Exception {
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    KeyStore own = emptyStore();
    if (options.containsKey("cert")) {
      Certificate certificate = certificate(options.get("cert"));
      PrivateKey key = privateKey(options.get("key"), certificate.getPublicKey().getAlgorithm());
      own.setKeyEntry("identity", key, new char[0], new Certificate[] {certificate});
    }
    keys.init(own, new char[0]);
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    KeyStore trusted = emptyStore();
    // A server that trusts nobody has to be given some CA all the same.
    String ca = options.getOrDefault("ca", options.get("cert"));
    trusted.setCertificateEntry("ca", certificate(ca));
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private static KeyStore emptyStore() throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private static Certificate certificate(String file) throws Exception {
    byte[] pem = Files.readAllBytes(Path.of(file));
    return CertificateFactory.getInstance("X.509")
        .generateCertificate(new ByteArrayInputStream(pem));
  }

  private static PrivateKey privateKey(String file, String algorithm) throws Exception {
    String pem = Files.readString(Path.of(file)).replaceAll("-----[^-]+-----", "");
    byte[] der = Base64.getMimeDecoder().decode(pem);
    return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
  }

  private int connections() {
    return Integer.parseInt(options.getOrDefault("connections", "1"));
  }

  private static byte[] exactly(InputStream input, int length) throws IOException {
    byte[] bytes = input.readNBytes(length);
    if (bytes.length < length) throw new EOFException("the peer closed");
    return bytes;
  }

  /** Says close_notify, and insists on the peer's. */
  private static void leave(SSLSocket socket) throws IOException {
    socket.shutdownOutput();
    if (socket.getInputStream().read() != -1) throw new IOException("data after the end");
    socket.close();
  }

  private static void tell(SSLSocket socket, long began) {
    SSLSession session = socket.getSession();
    String peer = "";
    try {
      peer = ((X509Certificate) session.getPeerCertificates()[0]).getSubjectX500Principal().getName();
    } catch (SSLPeerUnverifiedException none) {
      // It showed none.
    }
    System.err.printf(
        "secure version=%s suite=%s alpn=%s resumed=%b peer=%s%n",
        session.getProtocol(),
        session.getCipherSuite(),
        socket.getApplicationProtocol(),
        // A resumed session is as old as the connection that it comes from.
        session.getCreationTime() < began,
        peer);
  }
}
