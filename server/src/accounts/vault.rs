//! What must be read again but may not lie open in the database: sealed with AES-256-GCM.

use crate::accounts::secrets;
use anyhow::{Context, anyhow, bail};
use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use std::io::{ErrorKind, Write};
use std::path::Path;
use tempfile::NamedTempFile;
use uuid::Uuid;

const KEY: usize = 32;
/// Says how it is sealed, so that another way can follow.
const VERSION: u8 = 1;

pub struct Vault(RandomizedNonceKey);

impl Vault {
    /// From a file with 64 hexadecimal digits.
    pub fn from_file(file: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(file).with_context(|| {
            format!("cannot read the vault key {}; check ALA_VAULT_KEY_FILE", file.display())
        })?;
        let key =
            hex::decode(text.trim()).ok().filter(|key| key.len() == KEY).with_context(|| {
                format!(
                    "{} is not 64 hexadecimal digits; make a key with: openssl rand -hex 32",
                    file.display()
                )
            })?;
        Ok(Self(RandomizedNonceKey::new(&AES_256_GCM, &key).map_err(|_| anyhow!("no key"))?))
    }

    /// For development: a key made once and kept beside the data it seals.
    pub fn kept_in(data: &Path) -> anyhow::Result<Self> {
        let file = data.join("vault.key");
        std::fs::create_dir_all(data)
            .with_context(|| format!("cannot create the folder {}", data.display()))?;
        if !file.exists() {
            let mut new = NamedTempFile::new_in(data)?;
            new.write_all(hex::encode(secrets::bytes::<KEY>()?).as_bytes())?;
            new.as_file().sync_all()?;
            match new.persist_noclobber(&file) {
                Err(failed) if failed.error.kind() != ErrorKind::AlreadyExists => {
                    return Err(failed.error)
                        .with_context(|| format!("cannot write {}", file.display()));
                }
                // Where another was faster, its key counts.
                _ => {}
            }
        }
        Self::from_file(&file)
    }

    /// Bound to `owner`: moved to another row it does not open.
    pub fn seal(&self, owner: Uuid, secret: &[u8]) -> anyhow::Result<Vec<u8>> {
        let mut sealed = secret.to_vec();
        let nonce = self
            .0
            .seal_in_place_append_tag(Aad::from(owner.as_bytes()), &mut sealed)
            .map_err(|_| anyhow!("cannot seal"))?;
        Ok([&[VERSION], nonce.as_ref().as_slice(), &sealed].concat())
    }

    pub fn open(&self, owner: Uuid, sealed: &[u8]) -> anyhow::Result<Vec<u8>> {
        let Some((&VERSION, rest)) = sealed.split_first() else { bail!("not sealed by us") };
        let (nonce, body) = rest.split_at_checked(NONCE_LEN).context("cut short")?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| anyhow!("no nonce"))?;
        let mut body = body.to_vec();
        let opened = self
            .0
            .open_in_place(nonce, Aad::from(owner.as_bytes()), &mut body)
            .map_err(|_| anyhow!("sealed with another key, for another owner, or changed"))?;
        Ok(opened.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_for_its_owner_with_its_key_unchanged_and_not_otherwise() {
        let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let vault = Vault::kept_in(here.path()).unwrap();
        let (mine, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let sealed = vault.seal(mine, b"secret").unwrap();
        assert_ne!(sealed, vault.seal(mine, b"secret").unwrap());
        let again = Vault::kept_in(here.path()).unwrap();
        assert_eq!(again.open(mine, &sealed).unwrap(), b"secret");
        assert!(vault.open(other, &sealed).is_err());
        assert!(Vault::kept_in(there.path()).unwrap().open(mine, &sealed).is_err());
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert!(vault.open(mine, &changed).is_err(), "byte {place}");
            assert!(vault.open(mine, &sealed[..place]).is_err(), "cut at {place}");
        }
    }
}
