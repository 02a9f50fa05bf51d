//! What a person does: look for a word, press it, type, read.

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use thirtyfour::prelude::*;

use crate::{Device, GLANCE, PATIENCE, typed};

const NAMES: &str = include_str!("names.js");

/// What kind of thing is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Does something.
    Button,
    /// Goes somewhere.
    Link,
    /// A text box of any kind.
    Textbox,
    /// A native select.
    Combobox,
    /// One of several.
    Radio,
    /// Ticked or not.
    Checkbox,
    /// A heading of any level.
    Heading,
    /// A named group, fieldset or radio group.
    Group,
    /// A named section.
    Region,
    /// A dialog.
    Dialog,
    /// A navigation.
    Navigation,
    /// An entry of an open menu.
    Menuitem,
    /// A live region.
    Status,
    /// An alert.
    Alert,
    /// An article.
    Article,
    /// A picture.
    Image,
}

impl Role {
    fn word(self) -> &'static str {
        match self {
            Self::Button => "button",
            Self::Link => "link",
            Self::Textbox => "textbox",
            Self::Combobox => "combobox",
            Self::Radio => "radio",
            Self::Checkbox => "checkbox",
            Self::Heading => "heading",
            Self::Group => "group",
            Self::Region => "region",
            Self::Dialog => "dialog",
            Self::Navigation => "navigation",
            Self::Menuitem => "menuitem",
            Self::Status => "status",
            Self::Alert => "alert",
            Self::Article => "article",
            Self::Image => "img",
        }
    }
}

/// Where the person looks: the whole page, or one named part of it.
#[derive(Debug, Clone)]
pub struct Place<'a> {
    device: &'a Device,
    within: Vec<(Role, String)>,
}

impl Device {
    /// The whole page.
    pub fn page(&self) -> Place<'_> {
        Place {
            device: self,
            within: Vec::new(),
        }
    }

    /// The dialog of that name.
    pub fn dialog(&self, name: &str) -> Place<'_> {
        self.page().within(Role::Dialog, name)
    }
}

impl<'a> Place<'a> {
    /// A named part of this place.
    pub fn within(&self, role: Role, name: &str) -> Place<'a> {
        let mut within = self.within.clone();
        within.push((role, name.into()));
        Place {
            device: self.device,
            within,
        }
    }

    /// The group of that name.
    pub fn group(&self, name: &str) -> Place<'a> {
        self.within(Role::Group, name)
    }

    async fn look(&self, role: Role, name: Option<&str>) -> Result<(Vec<WebElement>, String)> {
        let mut scope = Value::Null;
        for (role, name) in &self.within {
            let (found, near) = self.names(&scope, *role, Some(name)).await?;
            match found.as_slice() {
                [one] => scope = one.to_json()?,
                many => {
                    return Ok((
                        Vec::new(),
                        format!(
                            "{} × {} \"{name}\"; there is {near}",
                            many.len(),
                            role.word()
                        ),
                    ));
                }
            }
        }
        self.names(&scope, role, name).await
    }

    async fn names(
        &self,
        scope: &Value,
        role: Role,
        name: Option<&str>,
    ) -> Result<(Vec<WebElement>, String)> {
        let args = vec![scope.clone(), json!(role.word()), json!(name)];
        let reply = self.device.driver.execute(NAMES, args).await?;
        let json = reply.json();
        let near = json.get("near").map(Value::to_string).unwrap_or_default();
        let found = json
            .get("found")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        let handle = self.device.driver.handle();
        let found = found
            .into_iter()
            .map(|one| WebElement::from_json(one, handle.clone()))
            .collect::<Result<_, _>>()?;
        Ok((found, near))
    }

    /// The one thing of that role and name; waits for it.
    pub async fn find(&self, role: Role, name: &str) -> Result<WebElement> {
        let begin = std::time::Instant::now();
        loop {
            let last = match self.look(role, Some(name)).await {
                Ok((mut found, near)) => match (found.pop(), found.is_empty()) {
                    (Some(one), true) => return Ok(one),
                    (Some(_), false) => format!("{} of them", found.len() + 1),
                    (None, _) => near,
                },
                Err(error) => error.to_string(),
            };
            if begin.elapsed() > PATIENCE {
                bail!(
                    "no single {} \"{name}\" in {:?}: {last}",
                    role.word(),
                    self.within
                );
            }
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// Whether there is such a thing now.
    pub async fn has(&self, role: Role, name: &str) -> Result<bool> {
        Ok(!self.look(role, Some(name)).await?.0.is_empty())
    }

    /// Names of all things of that role now.
    pub async fn all(&self, role: Role) -> Result<Vec<String>> {
        let mut names = Vec::new();
        for element in self.look(role, None).await?.0 {
            names.push(element.text().await?);
        }
        Ok(names)
    }

    /// Waits until there is no such thing.
    pub async fn gone(&self, role: Role, name: &str) -> Result<()> {
        let begin = std::time::Instant::now();
        while self.has(role, name).await.unwrap_or(true) {
            if begin.elapsed() > PATIENCE {
                bail!("{} \"{name}\" is still there", role.word());
            }
            tokio::time::sleep(GLANCE).await;
        }
        Ok(())
    }

    /// Presses something, again if the page moved meanwhile.
    pub async fn press(&self, role: Role, name: &str) -> Result<()> {
        let begin = std::time::Instant::now();
        loop {
            let element = self.find(role, name).await?;
            let script = "arguments[0].scrollIntoView({block:'center'})";
            let args = vec![element.to_json()?];
            self.device.driver.execute(script, args).await.ok();
            match element.click().await {
                Ok(()) => return Ok(()),
                Err(error) if begin.elapsed() > PATIENCE => {
                    return Err(error)
                        .with_context(|| format!("cannot press {} \"{name}\"", role.word()));
                }
                Err(_) => tokio::time::sleep(GLANCE).await,
            }
        }
    }

    /// Presses a button.
    pub async fn button(&self, name: &str) -> Result<()> {
        self.press(Role::Button, name).await
    }

    /// Follows a link.
    pub async fn link(&self, name: &str) -> Result<()> {
        self.press(Role::Link, name).await
    }

    /// Types into an empty or filled box, replacing what stands there.
    pub async fn fill(&self, label: &str, text: &str) -> Result<()> {
        let element = self.find(Role::Textbox, label).await?;
        let script = "arguments[0].scrollIntoView({block:'center'}); arguments[0].focus()";
        let args = vec![element.to_json()?];
        self.device.driver.execute(script, args).await?;
        typed::note(label, text);
        element.send_keys(Key::Control + "a").await?;
        element.send_keys(Key::Backspace + "").await?;
        element
            .send_keys(text)
            .await
            .with_context(|| format!("cannot type in \"{label}\""))
    }

    /// Types behind what stands in a box.
    pub async fn add_text(&self, label: &str, text: &str) -> Result<()> {
        let element = self.find(Role::Textbox, label).await?;
        typed::note(label, text);
        Ok(element.send_keys(text).await?)
    }

    /// What stands in a box.
    pub async fn value(&self, label: &str) -> Result<String> {
        Ok(self
            .find(Role::Textbox, label)
            .await?
            .prop("value")
            .await?
            .unwrap_or_default())
    }

    /// Waits until a box holds `text`.
    pub async fn expect_value(&self, label: &str, text: &str) -> Result<()> {
        let begin = std::time::Instant::now();
        loop {
            let value = self.value(label).await?;
            if value == text {
                return Ok(());
            }
            if begin.elapsed() > PATIENCE {
                bail!("\"{label}\" holds {value:?} instead of {text:?}");
            }
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// Ticks a box or takes one of several, by its words as a finger does.
    pub async fn choose(&self, role: Role, name: &str) -> Result<()> {
        let element = self.find(role, name).await?;
        if !element.is_selected().await? {
            let script =
                "arguments[0].scrollIntoView({block:'center'}); return arguments[0].labels[0]";
            let args = vec![element.to_json()?];
            let label = self.device.driver.execute(script, args).await?.element()?;
            label
                .click()
                .await
                .with_context(|| format!("cannot tick \"{name}\""))?;
        }
        Ok(())
    }

    /// Takes an option of a select by its words.
    pub async fn select(&self, label: &str, option: &str) -> Result<()> {
        let element = self.find(Role::Combobox, label).await?;
        for candidate in element.find_all(By::Tag("option")).await? {
            if candidate.text().await?.trim() == option {
                return Ok(candidate.click().await?);
            }
        }
        bail!("\"{label}\" has no option \"{option}\"")
    }

    /// Waits for a heading.
    pub async fn heading(&self, name: &str) -> Result<()> {
        self.find(Role::Heading, name).await.map(drop)
    }

    /// Text of the element with that `data-testid`; waits for it.
    pub async fn test_id(&self, id: &str) -> Result<String> {
        let begin = std::time::Instant::now();
        loop {
            match self.by_test_id(id).await?.text().await {
                Ok(text) => return Ok(text),
                Err(error) if begin.elapsed() > PATIENCE => return Err(error.into()),
                // Another one took its place meanwhile.
                Err(_) => tokio::time::sleep(GLANCE).await,
            }
        }
    }

    /// Waits until the element with that `data-testid` reads `text`.
    pub async fn expect_test_id(&self, id: &str, text: &str) -> Result<()> {
        let begin = std::time::Instant::now();
        loop {
            let now = self.test_id(id).await?;
            if now.trim() == text {
                return Ok(());
            }
            if begin.elapsed() > PATIENCE {
                bail!("{id} reads {now:?} instead of {text:?}");
            }
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// Waits for whichever of these headings comes first; answers its place in the list.
    pub async fn first_heading(&self, names: &[&str]) -> Result<usize> {
        let begin = std::time::Instant::now();
        loop {
            for (place, name) in names.iter().enumerate() {
                if self.has(Role::Heading, name).await.unwrap_or(false) {
                    return Ok(place);
                }
            }
            if begin.elapsed() > PATIENCE {
                bail!("none of the headings {names:?} came");
            }
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// The element with that `data-testid`; waits for it.
    pub async fn by_test_id(&self, id: &str) -> Result<WebElement> {
        let begin = std::time::Instant::now();
        loop {
            match self
                .device
                .driver
                .find(By::Css(format!("[data-testid=\"{id}\"]")))
                .await
            {
                Ok(element) => return Ok(element),
                Err(error) if begin.elapsed() > PATIENCE => {
                    return Err(error).with_context(|| format!("no test id {id}"));
                }
                Err(_) => tokio::time::sleep(GLANCE).await,
            }
        }
    }

    /// Waits until `words` stand somewhere in the visible text of the page.
    pub async fn reads(&self, words: &str) -> Result<()> {
        let begin = std::time::Instant::now();
        loop {
            let text = self.text().await?;
            if text.contains(words) {
                return Ok(());
            }
            if begin.elapsed() > PATIENCE {
                bail!("the page does not say {words:?}; it says: {text}");
            }
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// The visible text of the page.
    pub async fn text(&self) -> Result<String> {
        let text = self
            .device
            .script("return document.body.innerText", Vec::new())
            .await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }
}
