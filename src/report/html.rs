//! HTML that cannot be unbalanced or unescaped: every element is closed by the call that opens it,
//! and every text goes through one escape.

/// A page being written.
#[derive(Debug, Default)]
pub(super) struct Html {
    text: String,
}

impl Html {
    /// An element with something in it.
    pub(super) fn within(
        &mut self,
        tag: &str,
        attributes: &[(&str, &str)],
        inner: impl FnOnce(&mut Self),
    ) {
        self.open(tag, attributes);
        inner(self);
        self.text.push_str("</");
        self.text.push_str(tag);
        self.text.push_str(">\n");
    }

    /// An element with a text in it.
    pub(super) fn leaf(&mut self, tag: &str, attributes: &[(&str, &str)], text: &str) {
        self.within(tag, attributes, |html| html.say(text));
    }

    /// A link within the page or to a file beside it.
    pub(super) fn link(&mut self, target: &str, text: &str) {
        self.open("a", &[("href", target)]);
        self.say(text);
        self.text.push_str("</a>");
    }

    /// A text.
    pub(super) fn say(&mut self, text: &str) {
        for character in text.chars() {
            match character {
                '&' => self.text.push_str("&amp;"),
                '<' => self.text.push_str("&lt;"),
                '>' => self.text.push_str("&gt;"),
                '"' => self.text.push_str("&quot;"),
                '\'' => self.text.push_str("&#39;"),
                character if character.is_control() && !character.is_whitespace() => {
                    self.text.push('\u{fffd}');
                }
                character => self.text.push(character),
            }
        }
    }

    /// Markup made by this program: a chart, a style sheet.
    pub(super) fn markup(&mut self, markup: &str) {
        self.text.push_str(markup);
    }

    /// What has been written.
    pub(super) fn finish(self) -> String {
        self.text
    }

    fn open(&mut self, tag: &str, attributes: &[(&str, &str)]) {
        self.text.push('<');
        self.text.push_str(tag);
        for (name, value) in attributes {
            self.text.push(' ');
            self.text.push_str(name);
            self.text.push_str("=\"");
            self.say(value);
            self.text.push('"');
        }
        self.text.push('>');
    }
}

/// A name as the id of an element.
pub(super) fn anchor(name: &str) -> String {
    name.chars()
        .map(
            |character| {
                if character.is_ascii_alphanumeric() || character == '_' { character } else { '-' }
            },
        )
        .collect()
}
