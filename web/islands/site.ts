/** The script of all pages. Without it every page works, too. */
import './held.ts'
import './menus.ts'
import './times.ts'
