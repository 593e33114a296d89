// A TLS peer on rustls. The command line is that of every program here: see
// ../../support/own-program.ts. Beside that:
//
//   compress   zlib, brotli or zstd: how certificates may be compressed
//   raw_ca     DER of the public key that the peer must show in place of a
//              certificate; then cert is DER of this side's own
//   ocsp       server: DER of the response to staple
//   ech        client: an ECHConfigList
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{AlwaysResolvesClientRawPublicKeys, EchConfig, EchMode, WebPkiServerVerifier};
use rustls::crypto::{aws_lc_rs, verify_tls13_signature_with_raw_key, CryptoProvider};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{
    CertificateDer, EchConfigListBytes, PrivateKeyDer, ServerName, SubjectPublicKeyInfoDer, UnixTime,
};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{AlwaysResolvesServerRawPublicKeys, WebPkiClientVerifier};
use rustls::sign::CertifiedKey;
use rustls::{
    compress, CertificateCompressionAlgorithm, ClientConfig, ClientConnection, CommonState, ConfigBuilder, DigitallySignedStruct,
    DistinguishedName, Error, NamedGroup, RootCertStore, ServerConfig, ServerConnection, SignatureScheme,
    Stream, SupportedProtocolVersion, WantsVersions,
};
use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

type Failure = Box<dyn std::error::Error>;

struct Options(HashMap<String, String>);

fn main() {
    let mut arguments = std::env::args().skip(1);
    let role = arguments.next().unwrap_or_default();
    let options = Options(
        arguments
            .filter_map(|one| {
                let (key, value) = one.split_once('=')?;
                Some((key.to_owned(), value.to_owned()))
            })
            .collect(),
    );
    let done = if role == "client" { client(&options) } else { server(&options) };
    if let Err(error) = done {
        eprintln!("error: {error}");
        std::process::exit(1);
    }
}

fn client(o: &Options) -> Result<(), Failure> {
    let config = Arc::new(client_config(o)?);
    if o.get("connections") == Some("2") {
        let mut tcp = o.dial()?;
        let mut tls = ClientConnection::new(config.clone(), o.name()?)?;
        let mut line = *b"first\n";
        while tls.is_handshaking() {
            tls.complete_io(&mut tcp)?;
        }
        tell(&tls, "");
        let mut stream = Stream::new(&mut tls, &mut tcp);
        stream.write_all(&line)?;
        stream.read_exact(&mut line)?;
        leave(&mut stream)?;
    }
    let mut tcp = o.dial()?;
    let mut tls = ClientConnection::new(config, o.name()?)?;
    while tls.is_handshaking() {
        tls.complete_io(&mut tcp)?;
    }
    tell(&tls, &format!("ech={:?}", tls.ech_status()));
    let mut stream = Stream::new(&mut tls, &mut tcp);
    let mut piece = [0; 16384];
    loop {
        let count = std::io::stdin().read(&mut piece)?;
        if count == 0 {
            return leave(&mut stream);
        }
        stream.write_all(&piece[..count])?;
        stream.read_exact(&mut piece[..count])?;
        std::io::stdout().write_all(&piece[..count])?;
        std::io::stdout().flush()?;
    }
}

/// Says close_notify and waits for the peer's: without it there is an error.
fn leave(stream: &mut Stream<ClientConnection, TcpStream>) -> Result<(), Failure> {
    stream.conn.send_close_notify();
    stream.flush()?;
    while stream.read(&mut [0; 256])? > 0 {}
    Ok(())
}

fn server(o: &Options) -> Result<(), Failure> {
    let config = Arc::new(server_config(o)?);
    let listener = TcpListener::bind(format!("127.0.0.1:{}", o.want("port")?))?;
    let count = if o.get("connections") == Some("2") { 2 } else { 1 };
    for _ in 0..count {
        let (mut tcp, _) = listener.accept()?;
        let mut tls = ServerConnection::new(config.clone())?;
        while tls.is_handshaking() {
            if let Err(error) = tls.complete_io(&mut tcp) {
                // What ended it may be an alert that is still to be sent.
                let _ = tls.write_tls(&mut tcp);
                return Err(error.into());
            }
        }
        tell(&tls, &format!("name={}", tls.server_name().unwrap_or_default()));
        let mut stream = Stream::new(&mut tls, &mut tcp);
        let mut piece = [0; 16384];
        loop {
            let count = stream.read(&mut piece)?;
            if count == 0 {
                break;
            }
            stream.write_all(&piece[..count])?;
        }
        stream.conn.send_close_notify();
        stream.flush()?;
    }
    Ok(())
}

fn client_config(o: &Options) -> Result<ClientConfig, Failure> {
    let provider = o.provider();
    let builder = ClientConfig::builder_with_provider(provider.clone());
    let builder = match o.get("ech") {
        Some(path) => {
            let list = EchConfigListBytes::from(std::fs::read(path)?);
            let config = EchConfig::new(list, aws_lc_rs::hpke::ALL_SUPPORTED_SUITES)?;
            builder.with_ech(EchMode::from(config))?
        }
        None => versions(builder, o)?,
    };
    let verifier: Arc<dyn ServerCertVerifier> = match o.get("raw_ca") {
        Some(path) => Arc::new(KnownKey::read(path, &provider)?),
        None => WebPkiServerVerifier::builder_with_provider(o.roots()?, provider.clone()).build()?,
    };
    let builder = builder.dangerous().with_custom_certificate_verifier(verifier);
    let mut config = match (o.get("raw_ca"), o.get("cert")) {
        (_, None) => builder.with_no_client_auth(),
        (Some(_), Some(_)) => builder.with_client_cert_resolver(Arc::new(
            AlwaysResolvesClientRawPublicKeys::new(o.raw_key(&provider)?),
        )),
        (None, Some(_)) => builder.with_client_auth_cert(o.chain()?, o.private_key()?)?,
    };
    config.alpn_protocols = o.list("alpn").map(|name| name.as_bytes().to_vec()).collect();
    config.cert_compressors = o.compressors();
    config.cert_decompressors = o.decompressors();
    Ok(config)
}

fn server_config(o: &Options) -> Result<ServerConfig, Failure> {
    let provider = o.provider();
    let builder = versions(ServerConfig::builder_with_provider(provider.clone()), o)?;
    let builder = match (o.get("auth"), o.get("raw_ca")) {
        (Some("none") | None, _) => builder.with_no_client_auth(),
        (_, Some(path)) => {
            builder.with_client_cert_verifier(Arc::new(KnownKey::read(path, &provider)?))
        }
        (auth, _) => {
            let verifier = WebPkiClientVerifier::builder_with_provider(o.roots()?, provider.clone());
            builder.with_client_cert_verifier(match auth {
                Some("optional") => verifier.allow_unauthenticated().build()?,
                _ => verifier.build()?,
            })
        }
    };
    let mut config = match (o.get("raw_ca"), o.get("ocsp")) {
        (Some(_), _) => builder.with_cert_resolver(Arc::new(
            AlwaysResolvesServerRawPublicKeys::new(o.raw_key(&provider)?),
        )),
        (_, Some(path)) => {
            builder.with_single_cert_with_ocsp(o.chain()?, o.private_key()?, std::fs::read(path)?)?
        }
        _ => builder.with_single_cert(o.chain()?, o.private_key()?)?,
    };
    config.alpn_protocols = o.list("alpn").map(|name| name.as_bytes().to_vec()).collect();
    config.cert_compressors = o.compressors();
    config.cert_decompressors = o.decompressors();
    if o.get("version") == Some("TLSv1.2") || o.get("tickets") == Some("yes") {
        config.ticketer = aws_lc_rs::Ticketer::new()?;
    }
    Ok(config)
}

fn versions<S: rustls::ConfigSide>(
    builder: ConfigBuilder<S, WantsVersions>,
    o: &Options,
) -> Result<ConfigBuilder<S, rustls::WantsVerifier>, Error> {
    let only: &SupportedProtocolVersion = match o.get("version") {
        Some("TLSv1.2") => &rustls::version::TLS12,
        _ => &rustls::version::TLS13,
    };
    builder.with_protocol_versions(&[only])
}

impl Options {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    fn want(&self, key: &str) -> Result<&str, Failure> {
        self.get(key).ok_or_else(|| format!("{key} is needed").into())
    }

    fn list(&self, key: &str) -> impl Iterator<Item = &str> {
        self.get(key).unwrap_or_default().split(',').filter(|one| !one.is_empty())
    }

    fn dial(&self) -> Result<TcpStream, Failure> {
        Ok(TcpStream::connect(format!("127.0.0.1:{}", self.want("port")?))?)
    }

    fn name(&self) -> Result<ServerName<'static>, Failure> {
        Ok(ServerName::try_from(self.want("name")?.to_owned())?)
    }

    /// Suites and groups, best first, as they were named.
    fn provider(&self) -> Arc<CryptoProvider> {
        let mut provider = aws_lc_rs::default_provider();
        provider.kx_groups = aws_lc_rs::ALL_KX_GROUPS.to_vec();
        provider.kx_groups.sort_by_key(|one| one.name() != NamedGroup::X25519MLKEM768);
        if self.get("suites").is_some() {
            provider.cipher_suites = self
                .list("suites")
                .filter_map(|name| {
                    let mut all = aws_lc_rs::ALL_CIPHER_SUITES.iter();
                    all.find(|suite| rfc_name(&format!("{:?}", suite.suite())) == name)
                })
                .copied()
                .collect();
        }
        if self.get("groups").is_some() {
            provider.kx_groups = self
                .list("groups")
                .filter_map(|name| {
                    let mut all = aws_lc_rs::ALL_KX_GROUPS.iter();
                    all.find(|group| format!("{:?}", group.name()).eq_ignore_ascii_case(name))
                })
                .copied()
                .collect();
        }
        Arc::new(provider)
    }

    fn roots(&self) -> Result<Arc<RootCertStore>, Failure> {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_file_iter(self.want("ca")?)? {
            roots.add(certificate?)?;
        }
        Ok(Arc::new(roots))
    }

    fn chain(&self) -> Result<Vec<CertificateDer<'static>>, Failure> {
        let all = CertificateDer::pem_file_iter(self.want("cert")?)?;
        Ok(all.collect::<Result<Vec<_>, _>>()?)
    }

    fn private_key(&self) -> Result<PrivateKeyDer<'static>, Failure> {
        Ok(PrivateKeyDer::from_pem_file(self.want("key")?)?)
    }

    fn raw_key(&self, provider: &CryptoProvider) -> Result<Arc<CertifiedKey>, Failure> {
        let key = provider.key_provider.load_private_key(self.private_key()?)?;
        let public = CertificateDer::from(std::fs::read(self.want("cert")?)?);
        Ok(Arc::new(CertifiedKey::new(vec![public], key)))
    }

    fn compressors(&self) -> Vec<&'static dyn compress::CertCompressor> {
        match self.get("compress") {
            Some("zlib") => vec![compress::ZLIB_COMPRESSOR],
            Some("brotli") => vec![compress::BROTLI_COMPRESSOR],
            Some("zstd") => vec![&Zstd],
            _ => vec![],
        }
    }

    fn decompressors(&self) -> Vec<&'static dyn compress::CertDecompressor> {
        match self.get("compress") {
            Some("zlib") => vec![compress::ZLIB_DECOMPRESSOR],
            Some("brotli") => vec![compress::BROTLI_DECOMPRESSOR],
            Some("zstd") => vec![&Zstd],
            _ => vec![],
        }
    }
}

/// rustls knows the algorithm's number; the rest is ruzstd's.
#[derive(Debug)]
struct Zstd;

impl compress::CertCompressor for Zstd {
    fn compress(
        &self,
        input: Vec<u8>,
        _: compress::CompressionLevel,
    ) -> Result<Vec<u8>, compress::CompressionFailed> {
        Ok(ruzstd::encoding::compress_to_vec(&input[..], ruzstd::encoding::CompressionLevel::Fastest))
    }

    fn algorithm(&self) -> CertificateCompressionAlgorithm {
        CertificateCompressionAlgorithm::Zstd
    }
}

impl compress::CertDecompressor for Zstd {
    fn decompress(&self, input: &[u8], output: &mut [u8]) -> Result<(), compress::DecompressionFailed> {
        ruzstd::decoding::StreamingDecoder::new(input)
            .map_err(|_| compress::DecompressionFailed)?
            .read_exact(output)
            .map_err(|_| compress::DecompressionFailed)
    }

    fn algorithm(&self) -> CertificateCompressionAlgorithm {
        CertificateCompressionAlgorithm::Zstd
    }
}

fn rfc_name(suite: &str) -> String {
    suite.replace("TLS13_", "TLS_")
}

fn tell(tls: &CommonState, more: &str) {
    let version = match tls.protocol_version() {
        Some(rustls::ProtocolVersion::TLSv1_2) => "TLSv1.2",
        _ => "TLSv1.3",
    };
    let suite = tls.negotiated_cipher_suite().map(|one| format!("{:?}", one.suite()));
    let group = tls.negotiated_key_exchange_group().map(|one| format!("{:?}", one.name()));
    let resumed = tls.handshake_kind() == Some(rustls::HandshakeKind::Resumed);
    let leaf = tls.peer_certificates().and_then(<[_]>::first);
    // Names stand in a certificate as text: no reader of certificates is needed.
    let peer: String = leaf
        .map(|der| der.iter().map(|&byte| char::from(byte)).collect::<String>())
        .unwrap_or_default()
        .chars()
        .filter(|one| matches!(one, ' '..='~'))
        .collect();
    eprintln!(
        "secure version={version} suite={} group={} alpn={} resumed={resumed} {more} peer={peer}",
        rfc_name(&suite.unwrap_or_default()),
        group.unwrap_or_default(),
        String::from_utf8_lossy(tls.alpn_protocol().unwrap_or_default()),
    );
}

/// Believes one bare key, of a client or of a server.
#[derive(Debug)]
struct KnownKey {
    key: Vec<u8>,
    provider: Arc<CryptoProvider>,
}

impl KnownKey {
    fn read(path: &str, provider: &Arc<CryptoProvider>) -> Result<Self, Failure> {
        Ok(Self { key: std::fs::read(path)?, provider: provider.clone() })
    }

    fn check(&self, shown: &CertificateDer<'_>) -> Result<(), Error> {
        if shown.as_ref() == self.key {
            return Ok(());
        }
        Err(Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer))
    }

    fn check_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let key = SubjectPublicKeyInfoDer::from(shown.as_ref());
        let known = &self.provider.signature_verification_algorithms;
        verify_tls13_signature_with_raw_key(message, &key, signed, known)
    }

    fn schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

impl ServerCertVerifier for KnownKey {
    fn verify_server_cert(
        &self,
        shown: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.check(shown).map(|()| ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(Error::General("bare keys are for TLS 1.3".to_owned()))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.check_signature(message, shown, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.schemes()
    }

    fn requires_raw_public_keys(&self) -> bool {
        true
    }
}

impl ClientCertVerifier for KnownKey {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        shown: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        self.check(shown).map(|()| ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(Error::General("bare keys are for TLS 1.3".to_owned()))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.check_signature(message, shown, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.schemes()
    }

    fn requires_raw_public_keys(&self) -> bool {
        true
    }
}
