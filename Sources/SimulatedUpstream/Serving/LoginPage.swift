/// What a publisher shows instead of the file.
enum LoginPage {
    static func html(title: String?) -> String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head><meta charset="utf-8"><title>Sign in</title></head>
        <body>
        <h1>Access to this article is restricted</h1>
        <p>\(HTMLText.escape(title ?? "This article"))</p>
        <form method="post" action="/login"><input name="user"><input name="password" type="password"></form>
        </body>
        </html>

        """
    }
}
